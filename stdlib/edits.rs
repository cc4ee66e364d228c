//! Edits of the library's text: the crate it comes from changes a few files for its own interpreter, and
//! these put back what Python says there.
//!
//! Each row is a file, the text to be found (once), and the text in its place; the build fails when a text
//! is missing.

pub const EDITS: &[(&str, &str, &str)] = &[
    ("site.py", "return 'RustPython' # XXX: RUSTPYTHON; for site-packages", "return 'Python'"),
    (
        "site.py",
        "    # XXX: RUSTPYTHON\n    return f'{userbase}/lib/rustpython",
        "    return f'{userbase}/lib/python",
    ),
    ("sysconfig/__init__.py", "return 'RustPython'  # XXX: RUSTPYTHON; For site-packages", "return 'Python'"),
    (
        "platform.py",
        "        # XXX: RUSTPYTHON support\n        if \"RustPython\" in sys_version:\n            \
         name = \"RustPython\"\n        else:\n            name = 'CPython'\n",
        "        name = 'CPython'\n",
    ),
    (
        "io.py",
        "open, open_code, BytesIO, StringIO, BufferedReader,",
        "open, open_code, FileIO, BytesIO, StringIO, BufferedReader,",
    ),
    (
        "io.py",
        "# XXX: RUSTPYTHON; FileIO needs host_env, optional without it\ntry:\n    from _io import FileIO\n\
         except ImportError:\n    FileIO = None\n",
        "",
    ),
    (
        "io.py",
        "if FileIO is not None:  # XXX: RUSTPYTHON; see the try/except above\n    RawIOBase.register(FileIO)\n",
        "RawIOBase.register(FileIO)\n",
    ),
    // The extracted library is Adder's own: compiling it belongs to its installation, as elsewhere.
    (
        "importlib/_bootstrap_external.py",
        "if (not sys.dont_write_bytecode and bytecode_path is not None and\n",
        "if (bytecode_path is not None and\n                (not sys.dont_write_bytecode or\n                 \
         bytecode_path.startswith(_imp._own_library)) and\n",
    ),
];

/// Parts to be left out: a file, how the part starts, and how what follows it starts (empty: the end).
pub const CUTS: &[(&str, &str, &str)] = &[
    ("json/decoder.py", "    # RUSTPYTHON SPECIFIC\n", "    # Note that this exception is used from _json\n"),
    ("unittest/__init__.py", "\n\n\n# XXX: RUSTPYTHON\n", ""),
    ("_compat_pickle.py", "# NOTE: RUSTPYTHON exceptions\n", "for excname in PYTHON2_EXCEPTIONS"),
];
