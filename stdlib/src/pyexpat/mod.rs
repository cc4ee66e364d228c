//! `pyexpat`: the interface of the Expat parser over a scanner of our own (`scan.rs`).
//!
//! Handlers are attributes in the parser's dict; the class has None for each. Missing: parsers of external
//! entities, and the handlers of declarations other than the document type's and entities'.

mod errors;
mod scan;

use crate::new_exception::ExceptionClass;
use adder_macros::{pyclass, pymethods, pymodule};
use adder_vm::builtins::dict::Dict;
use adder_vm::builtins::exceptions::Exc;
use adder_vm::builtins::list::List;
use adder_vm::builtins::module::Module;
use adder_vm::builtins::singletons::{bool_value, none};
use adder_vm::builtins::str_::Str;
use adder_vm::builtins::tuple::Tuple;
use adder_vm::def;
use adder_vm::error::{PyResult, Raised};
use adder_vm::object::{Field, LongHeader, Object, Ref, Value, ValueExt};
use adder_vm::raise;
use adder_vm::type_new::ready_class;
use adder_vm::vm::Vm;
use scan::{Scanner, Token, code};
use std::cell::{Cell, RefCell};

static ERROR: ExceptionClass = ExceptionClass::new();

const HANDLERS: &[&str] = &[
    "AttlistDeclHandler",
    "CharacterDataHandler",
    "CommentHandler",
    "DefaultHandler",
    "DefaultHandlerExpand",
    "ElementDeclHandler",
    "EndCdataSectionHandler",
    "EndDoctypeDeclHandler",
    "EndElementHandler",
    "EndNamespaceDeclHandler",
    "EntityDeclHandler",
    "ExternalEntityRefHandler",
    "NotStandaloneHandler",
    "NotationDeclHandler",
    "ProcessingInstructionHandler",
    "SkippedEntityHandler",
    "StartCdataSectionHandler",
    "StartDoctypeDeclHandler",
    "StartElementHandler",
    "StartNamespaceDeclHandler",
    "UnparsedEntityDeclHandler",
    "XmlDeclHandler",
];

/// How bytes become text.
#[derive(Clone, PartialEq)]
enum Encoding {
    /// The beginning has not been seen.
    Unknown,
    Utf8,
    Latin1,
    /// By the codec of a name, when everything is there.
    Named(String),
}

struct State {
    scanner: Scanner,
    /// Bytes that are not decoded.
    raw: Vec<u8>,
    encoding: Encoding,
    /// Character data that was not reported, for `buffer_text`.
    pending: String,
    /// Prefix, URI, and how many elements are open.
    namespaces: Vec<(String, String, usize)>,
    separator: Option<String>,
    finished: bool,
    error: u32,
    /// Line, column and byte of the token.
    at: (usize, usize, usize),
}

/// XML parser
#[pyclass(name = "xmlparser", module = "pyexpat", dict = dict, flags = def::DEFAULT | def::DISALLOW_INSTANTIATION)]
#[repr(C)]
pub struct XmlParser {
    h: LongHeader,
    /// Handlers and settings.
    dict: Field<Option<Ref<Dict>>>,
    base: Field<Option<Value>>,
    state: RefCell<State>,
    running: Cell<bool>,
}

fn setting(vm: &Vm, p: Ref<XmlParser>, name: &str) -> PyResult<Option<Value>> {
    let Some(dict) = p.dict.get() else { return Ok(None) };
    Ok(dict.get_str(vm, name)?.filter(|h| !h.is_none()))
}

fn flag(vm: &Vm, p: Ref<XmlParser>, name: &str) -> PyResult<bool> {
    match setting(vm, p, name)? {
        Some(v) => vm.truth(v),
        None => Ok(false),
    }
}

/// Calls a handler if it is set; false if not.
fn event(vm: &Vm, p: Ref<XmlParser>, name: &str, args: &[Value]) -> PyResult<bool> {
    match setting(vm, p, name)? {
        Some(handler) => vm.call(handler, args).map(|_| true),
        None => Ok(false),
    }
}

fn optional(vm: &Vm, s: Option<&str>) -> Value {
    s.map_or(none(), |s| vm.new_str(s))
}

/// ExpatError where the scanner is.
fn fail(vm: &Vm, p: Ref<XmlParser>, number: u32) -> Raised {
    {
        let mut s = p.state.borrow_mut();
        s.scanner.go_to_error();
        s.at = (s.scanner.line, s.scanner.column, s.scanner.bytes);
    }
    fail_token(vm, p, number)
}

/// ExpatError at the beginning of the token.
fn fail_token(vm: &Vm, p: Ref<XmlParser>, number: u32) -> Raised {
    let (line, column, _) = {
        let mut s = p.state.borrow_mut();
        s.error = number;
        s.at
    };
    let message = format!("{}: line {}, column {column}", errors::message(number), line + 1);
    let made = || -> PyResult<Value> {
        let e = vm.call(ERROR.get().value(), &[vm.new_str(&message)])?;
        vm.set_attr(e, vm.intern_str("code"), vm.int(number as i64))?;
        vm.set_attr(e, vm.intern_str("lineno"), vm.int(line as i64 + 1))?;
        vm.set_attr(e, vm.intern_str("offset"), vm.int(column as i64))?;
        Ok(e)
    };
    match made() {
        Ok(e) => vm.raise_value(e),
        Err(raised) => raised,
    }
}

/// Reports character data that was kept back.
fn flush(vm: &Vm, p: Ref<XmlParser>) -> PyResult<()> {
    let text = std::mem::take(&mut p.state.borrow_mut().pending);
    if !text.is_empty() {
        event(vm, p, "CharacterDataHandler", &[vm.new_str(&text)])?;
    }
    Ok(())
}

fn text(vm: &Vm, p: Ref<XmlParser>, text: &str) -> PyResult<()> {
    if setting(vm, p, "CharacterDataHandler")?.is_none() {
        return default(vm, p, text);
    }
    if flag(vm, p, "buffer_text")? {
        p.state.borrow_mut().pending.push_str(text);
        return Ok(());
    }
    // Expat reports line ends by themselves.
    for line in text.split_inclusive('\n') {
        let body = line.strip_suffix('\n').unwrap_or(line);
        if !body.is_empty() {
            event(vm, p, "CharacterDataHandler", &[vm.new_str(body)])?;
        }
        if body.len() < line.len() {
            event(vm, p, "CharacterDataHandler", &[vm.new_str("\n")])?;
        }
    }
    Ok(())
}

fn default(vm: &Vm, p: Ref<XmlParser>, text: &str) -> PyResult<()> {
    for name in ["DefaultHandlerExpand", "DefaultHandler"] {
        if event(vm, p, name, &[vm.new_str(text)])? {
            break;
        }
    }
    Ok(())
}

/// A name with the URI of its prefix, if namespaces are processed.
fn expanded(vm: &Vm, p: Ref<XmlParser>, name: &str, is_attribute: bool) -> PyResult<Result<String, u32>> {
    let with_prefixes = flag(vm, p, "namespace_prefixes")?;
    let s = p.state.borrow();
    let Some(separator) = &s.separator else { return Ok(Ok(name.to_string())) };
    let (prefix, local) = match name.split_once(':') {
        Some((prefix, local)) => (prefix, local),
        None if is_attribute => return Ok(Ok(name.to_string())),
        None => ("", name),
    };
    let uri = match s.namespaces.iter().rev().find(|(p, _, _)| p == prefix) {
        Some((_, uri, _)) => uri.as_str(),
        None if prefix == "xml" => "http://www.w3.org/XML/1998/namespace",
        None if prefix.is_empty() => "",
        None => return Ok(Err(code::UNBOUND_PREFIX)),
    };
    if uri.is_empty() {
        return Ok(Ok(local.to_string()));
    }
    Ok(Ok(match with_prefixes && !prefix.is_empty() {
        true => format!("{uri}{separator}{local}{separator}{prefix}"),
        false => format!("{uri}{separator}{local}"),
    }))
}

fn start(vm: &Vm, p: Ref<XmlParser>, name: &str, attributes: Vec<(String, String)>) -> PyResult<()> {
    let mut own = vec![];
    let namespaces = p.state.borrow().separator.is_some();
    for (key, value) in attributes {
        let prefix = match key.strip_prefix("xmlns") {
            Some("") if namespaces => "",
            Some(rest) if namespaces && rest.starts_with(':') => &rest[1..],
            _ => {
                own.push((key, value));
                continue;
            }
        };
        let open = p.state.borrow().scanner.open.len();
        p.state.borrow_mut().namespaces.push((prefix.to_string(), value.clone(), open));
        let shown = |s: &str| if s.is_empty() { none() } else { vm.new_str(s) };
        event(vm, p, "StartNamespaceDeclHandler", &[shown(prefix), shown(&value)])?;
    }
    let tag = expanded(vm, p, name, false)?.map_err(|e| fail_token(vm, p, e))?;
    let ordered = flag(vm, p, "ordered_attributes")?;
    let (list, dict) = (List::new(vm), Dict::new(vm));
    for (key, value) in own {
        let key = expanded(vm, p, &key, true)?.map_err(|e| fail_token(vm, p, e))?;
        let (key, value) = (vm.intern_str(&key), vm.new_str(&value));
        if ordered {
            list.push(vm, key.value());
            list.push(vm, value);
        } else {
            if dict.get_name(vm, key)?.is_some() {
                return Err(fail_token(vm, p, code::DUPLICATE_ATTRIBUTE));
            }
            dict.set_name(key, value);
        }
    }
    let attributes = if ordered { list.value() } else { dict.value() };
    event(vm, p, "StartElementHandler", &[vm.intern_str(&tag).value(), attributes])?;
    Ok(())
}

/// The end of an element; `open` elements are open while it is.
fn end(vm: &Vm, p: Ref<XmlParser>, name: &str, open: usize) -> PyResult<()> {
    let tag = expanded(vm, p, name, false)?.map_err(|e| fail_token(vm, p, e))?;
    event(vm, p, "EndElementHandler", &[vm.intern_str(&tag).value()])?;
    loop {
        let declared = p.state.borrow_mut().namespaces.pop_if(|n| n.2 >= open);
        let Some((prefix, _, _)) = declared else { return Ok(()) };
        let shown = if prefix.is_empty() { none() } else { vm.new_str(&prefix) };
        event(vm, p, "EndNamespaceDeclHandler", &[shown])?;
    }
}

fn report(vm: &Vm, p: Ref<XmlParser>, token: Token) -> PyResult<()> {
    if let Token::Text(t) = token {
        return text(vm, p, &t);
    }
    if let Token::Cdata(t) = &token
        && flag(vm, p, "buffer_text")?
        && setting(vm, p, "StartCdataSectionHandler")?.is_none()
    {
        return text(vm, p, t);
    }
    flush(vm, p)?;
    match token {
        Token::Text(_) => {}
        Token::Cdata(t) => {
            event(vm, p, "StartCdataSectionHandler", &[])?;
            text(vm, p, &t)?;
            flush(vm, p)?;
            event(vm, p, "EndCdataSectionHandler", &[])?;
        }
        Token::Start { name, attributes, empty } => {
            if empty {
                p.state.borrow_mut().scanner.open.push(name.clone());
            }
            start(vm, p, &name, attributes)?;
            if empty {
                let open = p.state.borrow().scanner.open.len();
                p.state.borrow_mut().scanner.open.pop();
                end(vm, p, &name, open)?;
            }
        }
        Token::End(name) => {
            let open = p.state.borrow().scanner.open.len() + 1;
            end(vm, p, &name, open)?;
        }
        Token::Comment(t) => {
            if !event(vm, p, "CommentHandler", &[vm.new_str(&t)])? {
                default(vm, p, &format!("<!--{t}-->"))?;
            }
        }
        Token::Instruction(target, data) => {
            let args = [vm.intern_str(&target).value(), vm.new_str(&data)];
            if !event(vm, p, "ProcessingInstructionHandler", &args)? {
                default(vm, p, &format!("<?{target} {data}?>"))?;
            }
        }
        Token::Declaration { version, encoding, standalone } => {
            let encoding = optional(vm, encoding.as_deref());
            let args = [vm.new_str(&version), encoding, vm.int(standalone as i64)];
            event(vm, p, "XmlDeclHandler", &args)?;
        }
        Token::Doctype(d) => {
            let (system, public) = (optional(vm, d.system.as_deref()), optional(vm, d.public.as_deref()));
            let args = [vm.new_str(&d.name), system, public, vm.int(d.internal as i64)];
            event(vm, p, "StartDoctypeDeclHandler", &args)?;
            for (name, value) in &d.entities {
                let n = none();
                let args = [vm.new_str(name), vm.int(0), vm.new_str(value), n, n, n, n];
                event(vm, p, "EntityDeclHandler", &args)?;
            }
            event(vm, p, "EndDoctypeDeclHandler", &[])?;
        }
        Token::Skipped(name) => {
            if !event(vm, p, "SkippedEntityHandler", &[vm.new_str(&name), bool_value(false)])? {
                default(vm, p, &format!("&{name};"))?;
            }
        }
    }
    Ok(())
}

/// What the beginning of a document says about its encoding; None: there is too little of it.
fn detect(raw: &[u8], is_final: bool) -> Option<Encoding> {
    if raw.len() < 4 && !is_final {
        return None;
    }
    match raw {
        [0xef, 0xbb, 0xbf, ..] => return Some(Encoding::Utf8),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Some(Encoding::Named("utf-16".into())),
        [b'<', 0, ..] => return Some(Encoding::Named("utf-16-le".into())),
        [0, b'<', ..] => return Some(Encoding::Named("utf-16-be".into())),
        _ => {}
    }
    if !raw.starts_with(b"<?xml") {
        return Some(Encoding::Utf8);
    }
    let Some(end) = raw.windows(2).position(|w| w == b"?>") else {
        return if is_final { Some(Encoding::Utf8) } else { None };
    };
    let declaration = String::from_utf8_lossy(&raw[..end]).into_owned();
    let name = declaration.split_once("encoding").and_then(|(_, rest)| {
        let rest = rest.trim_start().strip_prefix('=')?.trim_start();
        let quote = rest.chars().next()?;
        Some(rest[1..].split(quote).next()?.to_ascii_lowercase())
    });
    Some(named(name.as_deref().unwrap_or("utf-8")))
}

fn named(name: &str) -> Encoding {
    match name.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "us-ascii" | "ascii" => Encoding::Utf8,
        "iso-8859-1" | "latin-1" | "latin1" => Encoding::Latin1,
        other => Encoding::Named(other.to_string()),
    }
}

/// Decodes what can be decoded.
fn decode(vm: &Vm, p: Ref<XmlParser>, is_final: bool) -> PyResult<()> {
    let mut raw = std::mem::take(&mut p.state.borrow_mut().raw);
    if p.state.borrow().encoding == Encoding::Unknown {
        match detect(&raw, is_final) {
            Some(e) => p.state.borrow_mut().encoding = e,
            None => {
                p.state.borrow_mut().raw = raw;
                return Ok(());
            }
        }
        if raw.starts_with(b"\xef\xbb\xbf") {
            raw.drain(..3);
        }
    }
    let encoding = p.state.borrow().encoding.clone();
    match encoding {
        Encoding::Latin1 => p.state.borrow_mut().scanner.text.extend(raw.iter().map(|b| *b as char)),
        Encoding::Named(name) => {
            if !is_final {
                p.state.borrow_mut().raw = raw;
                return Ok(());
            }
            let bytes = vm.new_bytes(&raw)?;
            let decoded = vm.call_method(bytes, vm.intern_str("decode"), &[vm.new_str(&name)]);
            match decoded {
                Ok(s) => {
                    let s = s.downcast::<Str>().map_or(String::new(), |s| s.to_string());
                    p.state.borrow_mut().scanner.text.push_str(s.trim_start_matches('\u{feff}'));
                }
                Err(raised) => {
                    vm.swallow(raised, Exc::LookupError)?;
                    return Err(fail(vm, p, code::UNKNOWN_ENCODING));
                }
            }
        }
        Encoding::Utf8 | Encoding::Unknown => match std::str::from_utf8(&raw) {
            Ok(s) => p.state.borrow_mut().scanner.text.push_str(s),
            Err(e) => {
                let (valid, rest) = raw.split_at(e.valid_up_to());
                let mut s = p.state.borrow_mut();
                s.scanner.text.push_str(std::str::from_utf8(valid).unwrap_or_default());
                if e.error_len().is_some() || is_final {
                    // A character that is none ends the text; the scanner stops at it.
                    s.scanner.text.push('\u{ffff}');
                } else {
                    s.raw = rest.to_vec();
                }
            }
        },
    }
    Ok(())
}

fn feed(vm: &Vm, p: Ref<XmlParser>, data: Value, is_final: bool) -> PyResult<i64> {
    if p.state.borrow().finished {
        return Err(fail(vm, p, code::FINISHED));
    }
    if p.running.replace(true) {
        raise!(vm, RuntimeError, "the parser runs already")
    }
    let result = run(vm, p, data, is_final);
    p.running.set(false);
    result.map(|()| 1)
}

fn run(vm: &Vm, p: Ref<XmlParser>, data: Value, is_final: bool) -> PyResult<()> {
    match data.downcast::<Str>() {
        Some(s) => {
            // Text overrides what the document says of its encoding.
            let s = vm.utf8_of(s)?;
            let mut state = p.state.borrow_mut();
            state.encoding = Encoding::Utf8;
            state.scanner.text.push_str(s.strip_prefix('\u{feff}').unwrap_or(&s));
        }
        None => {
            let bytes = vm.bytes_like(data)?.to_vec();
            p.state.borrow_mut().raw.extend(bytes);
            decode(vm, p, is_final)?;
        }
    }
    loop {
        let found = {
            let mut s = p.state.borrow_mut();
            s.at = (s.scanner.line, s.scanner.column, s.scanner.bytes);
            s.scanner.next(is_final)
        };
        match found {
            Ok(Some(token)) => report(vm, p, token)?,
            Ok(None) => break,
            Err(number) => {
                flush(vm, p)?;
                return Err(fail(vm, p, number));
            }
        }
    }
    flush(vm, p)?;
    p.state.borrow_mut().scanner.trim();
    if is_final {
        p.state.borrow_mut().finished = true;
        let incomplete = {
            let s = p.state.borrow();
            !s.scanner.had_root || !s.scanner.open.is_empty()
        };
        if incomplete {
            return Err(fail(vm, p, code::NO_ELEMENTS));
        }
    }
    Ok(())
}

#[pymethods]
impl XmlParser {
    /// Parse XML data.
    ///
    /// 'isfinal' should be true at end of input.
    #[pymethod("($self, data, isfinal=False, /)")]
    fn Parse(vm: &Vm, this: Ref<XmlParser>, data: Value, isfinal: Option<bool>) -> PyResult<i64> {
        feed(vm, this, data, isfinal.unwrap_or(false))
    }

    /// Parse XML data from file-like object.
    #[pymethod("($self, file, /)")]
    fn ParseFile(vm: &Vm, this: Ref<XmlParser>, file: Value) -> PyResult<i64> {
        loop {
            let data = vm.call_method(file, vm.intern_str("read"), &[vm.int(2048)])?;
            let is_final = vm.len(data)? == 0;
            feed(vm, this, data, is_final)?;
            if is_final {
                return Ok(1);
            }
        }
    }

    /// Set the base URL for the parser.
    #[pymethod("($self, base, /)")]
    fn SetBase(_: &Vm, this: Ref<XmlParser>, base: Value) {
        this.base.set(this, Some(base));
    }

    /// Return base URL string for the parser.
    #[pymethod("($self, /)")]
    fn GetBase(_: &Vm, this: Ref<XmlParser>) -> Option<Value> {
        this.base.get()
    }

    /// Return the untranslated text of the input that caused the current event.
    #[pymethod("($self, /)")]
    fn GetInputContext(_: &Vm, _this: Ref<XmlParser>) {}

    /// Controls parsing of parameter entities (including the external DTD subset).
    #[pymethod("($self, flag, /)")]
    fn SetParamEntityParsing(_: &Vm, _this: Ref<XmlParser>, flag: i32) -> bool {
        // They are never read: only that can be chosen.
        flag == 0
    }

    /// Return whether reparse deferral is enabled.
    #[pymethod("($self, /)")]
    fn GetReparseDeferralEnabled(_: &Vm, _this: Ref<XmlParser>) -> bool {
        false
    }

    /// Enable/Disable reparse deferral; enabled by default with Expat >=2.6.0.
    #[pymethod("($self, enabled, /)")]
    fn SetReparseDeferralEnabled(_: &Vm, _this: Ref<XmlParser>, _enabled: bool) {}

    // skipped ExternalEntityParserCreate, UseForeignDTD: external entities are not read.

    #[getter]
    fn ErrorCode(_: &Vm, this: Ref<XmlParser>) -> u32 {
        this.state.borrow().error
    }

    #[getter]
    fn ErrorLineNumber(_: &Vm, this: Ref<XmlParser>) -> usize {
        this.state.borrow().at.0 + 1
    }

    #[getter]
    fn ErrorColumnNumber(_: &Vm, this: Ref<XmlParser>) -> usize {
        this.state.borrow().at.1
    }

    #[getter]
    fn ErrorByteIndex(_: &Vm, this: Ref<XmlParser>) -> i64 {
        this.state.borrow().at.2 as i64
    }

    #[getter]
    fn CurrentLineNumber(_: &Vm, this: Ref<XmlParser>) -> usize {
        this.state.borrow().at.0 + 1
    }

    #[getter]
    fn CurrentColumnNumber(_: &Vm, this: Ref<XmlParser>) -> usize {
        this.state.borrow().at.1
    }

    #[getter]
    fn CurrentByteIndex(_: &Vm, this: Ref<XmlParser>) -> i64 {
        this.state.borrow().at.2 as i64
    }

    #[getter]
    fn buffer_used(_: &Vm, this: Ref<XmlParser>) -> usize {
        this.state.borrow().pending.len()
    }
}

/// Python wrapper for Expat parser.
#[pymodule]
#[allow(clippy::module_inception)] // The module is what Python calls it.
pub mod pyexpat {
    use super::*;

    /// Return a new XML parser object.
    #[pyfunction("($module, /, encoding=None, namespace_separator=None, intern=<unrepresentable>)")]
    fn ParserCreate(
        vm: &Vm,
        encoding: Option<Value>,
        namespace_separator: Option<Value>,
        intern: Option<Value>,
    ) -> PyResult<Value> {
        let argument = |v: Option<Value>, name: &str| match v.filter(|v| !v.is_none()) {
            None => Ok(None),
            Some(v) => match v.downcast::<Str>() {
                Some(s) => Ok(Some(s.to_string())),
                None => raise!(
                    vm,
                    TypeError,
                    "ParserCreate() argument '{name}' must be str or None, not {}",
                    v.class().name()
                ),
            },
        };
        let encoding = argument(encoding, "encoding")?;
        let separator = argument(namespace_separator, "namespace_separator")?;
        if separator.as_ref().is_some_and(|s| s.chars().count() > 1) {
            return Err(vm.value_error("namespace_separator must be at most one character, omitted, or None"));
        }
        let state = State {
            scanner: Scanner::default(),
            raw: vec![],
            encoding: encoding.map_or(Encoding::Unknown, |e| named(&e)),
            pending: String::new(),
            namespaces: vec![],
            separator,
            finished: false,
            error: 0,
            at: (0, 0, 0),
        };
        let p = XmlParser {
            h: LongHeader::new(),
            dict: Field::new(Some(Dict::new(vm))),
            base: Field::new(None),
            state: RefCell::new(state),
            running: Cell::new(false),
        };
        let p = adder_heap::new(XmlParser::shape(), p);
        let intern = intern.unwrap_or(none());
        let names = if intern.is_none() { Dict::new(vm).value() } else { intern };
        vm.set_attr(p.value(), vm.intern_str("intern"), names)?;
        Ok(p.value())
    }

    /// Returns string error for given number.
    #[pyfunction("($module, code, /)")]
    fn ErrorString(_vm: &Vm, code: i64) -> &'static str {
        errors::message(u32::try_from(code).unwrap_or(0))
    }

    fn exec(vm: &Vm, m: Ref<Module>) -> PyResult<()> {
        let class = ready_class::<XmlParser>(vm);
        let defaults = class.dict.get();
        for name in HANDLERS {
            defaults.set_str(vm, name, none());
        }
        for name in ["buffer_text", "ordered_attributes", "specified_attributes", "namespace_prefixes"] {
            defaults.set_str(vm, name, bool_value(false));
        }
        defaults.set_str(vm, "buffer_size", vm.int(8192));
        class.modified();
        let base = [Exc::Exception.class().value()];
        let error = ERROR.make(vm, "xml.parsers.expat", "ExpatError", &base, "")?;
        let version = [2, 6, 0].map(|n| vm.int(n));
        for (name, value) in [
            ("XMLParserType", class.value()),
            ("ExpatError", error),
            ("error", error),
            ("EXPAT_VERSION", vm.new_str("expat_2.6.0")),
            ("version_info", Tuple::from_slice(vm, &version).value()),
            ("native_encoding", vm.new_str("UTF-8")),
            ("features", List::new(vm).value()),
            ("XML_PARAM_ENTITY_PARSING_NEVER", vm.int(0)),
            ("XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE", vm.int(1)),
            ("XML_PARAM_ENTITY_PARSING_ALWAYS", vm.int(2)),
        ] {
            m.dict().set_str(vm, name, value);
        }
        errors::add_modules(vm, m);
        Ok(())
    }
}
