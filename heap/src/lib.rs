//! The moving collector; knows no Python.
