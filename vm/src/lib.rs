//! Objects, built-in types, interpreter, import system.
