//! CPython's text signatures, `(self, sub, start=None, /, *, key=None, **kw)`, parsed at compile time.
//!
//! The string is both what `inspect.signature` shows and what drives argument binding.

use proc_macro2::TokenStream;
use quote::quote;

/// How one parameter may be passed.
pub struct Param {
    pub name: String,
    pub has_default: bool,
}

/// A parsed signature without the receiver.
#[derive(Default)]
pub struct Signature {
    pub text: String,
    pub pos_only: usize,
    pub positional: Vec<Param>,
    pub kw_only: Vec<Param>,
    pub varargs: bool,
    pub varkw: bool,
}

fn split_top(text: &str) -> Vec<String> {
    let (mut parts, mut depth, mut current, mut quote) = (vec![], 0, String::new(), None::<char>);
    for c in text.chars() {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(current.trim().to_string());
                current.clear();
                continue;
            }
            _ => {}
        }
        current.push(c);
    }
    if !current.trim().is_empty() {
        parts.push(current.trim().to_string());
    }
    parts
}

impl Signature {
    /// Parses `"(a, b=1, /, *, c)"`; a leading `$self`, `$type` or `$module` names the receiver.
    pub fn parse(text: &str) -> Result<Signature, String> {
        let inner = text
            .strip_prefix('(')
            .and_then(|t| t.strip_suffix(')'))
            .ok_or_else(|| format!("signature must be parenthesised: {text}"))?;
        let mut sig = Signature { text: text.to_string(), ..Default::default() };
        let mut after_star = false;
        for part in split_top(inner) {
            if part.starts_with('$') {
                continue;
            } else if part == "/" {
                sig.pos_only = sig.positional.len();
            } else if part == "*" {
                after_star = true;
            } else if part.starts_with("**") {
                sig.varkw = true;
            } else if part.starts_with('*') {
                sig.varargs = true;
                after_star = true;
            } else {
                let (name, has_default) = match part.split_once('=') {
                    Some((name, _)) => (name.trim().to_string(), true),
                    None => (part.clone(), false),
                };
                let list = if after_star { &mut sig.kw_only } else { &mut sig.positional };
                list.push(Param { name, has_default });
            }
        }
        Ok(sig)
    }

    /// Number of values the binder produces: parameters in order, then `*args`, then `**kwargs`.
    pub fn slots(&self) -> usize {
        self.positional.len() + self.kw_only.len() + self.varargs as usize + self.varkw as usize
    }

    /// Tokens of the `Params` constant.
    pub fn tokens(&self, owner: &TokenStream, name: &str) -> TokenStream {
        let names = self.positional.iter().chain(&self.kw_only).map(|p| &p.name);
        let positional = self.positional.len();
        let kw_only = self.kw_only.len();
        let pos_only = self.pos_only;
        let required = self.positional.iter().filter(|p| !p.has_default).count();
        let kw_required: u64 =
            self.kw_only.iter().enumerate().filter(|(_, p)| !p.has_default).map(|(i, _)| 1u64 << i).sum();
        let (varargs, varkw) = (self.varargs, self.varkw);
        quote! {
            ::adder_vm::args::Params {
                owner: #owner,
                function: #name,
                names: &[#(#names),*],
                pos_only: #pos_only,
                positional: #positional,
                required: #required,
                kw_only: #kw_only,
                kw_required: #kw_required,
                varargs: #varargs,
                varkw: #varkw,
            }
        }
    }
}
