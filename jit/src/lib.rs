//! Trace IR, optimiser and lowering; knows no Python semantics.
