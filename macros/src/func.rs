//! The wrapper around one Rust function: binds `Args` to its parameters and converts the result.

use crate::signature::{Param, Signature};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Error, FnArg, ImplItemFn, Result, Signature as FnSig, Type};

/// The doc comment of an item as one string.
pub fn doc_of(attrs: &[syn::Attribute]) -> String {
    let mut lines = vec![];
    for attr in attrs {
        if attr.path().is_ident("doc")
            && let syn::Meta::NameValue(nv) = &attr.meta
            && let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(s), .. }) = &nv.value
        {
            let line = s.value();
            lines.push(line.strip_prefix(' ').unwrap_or(&line).to_string());
        }
    }
    lines.join("\n")
}

/// Types of the parameters after `vm`.
pub fn param_types(sig: &FnSig) -> Result<Vec<(String, Type)>> {
    let mut out = vec![];
    for (i, arg) in sig.inputs.iter().enumerate() {
        let FnArg::Typed(t) = arg else {
            return Err(Error::new_spanned(arg, "take `vm: &Vm` first, no `self`"));
        };
        if i == 0 {
            continue;
        }
        let name = match &*t.pat {
            syn::Pat::Ident(p) => p.ident.to_string(),
            _ => format!("arg{i}"),
        };
        out.push((name.trim_start_matches('_').trim_start_matches("r#").to_string(), (*t.ty).clone()));
    }
    Ok(out)
}

fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "Option"))
}

fn is_args(ty: &Type) -> bool {
    matches!(ty, Type::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "Args"))
}

/// What the receiver of a function is.
#[derive(Clone, Copy, PartialEq)]
pub enum Receiver {
    /// First argument is the instance or the class.
    First,
    /// No receiver.
    None,
}

/// Tokens `(params constant, wrapper fn expression, text signature)` for a function at `path`; `owner` is the
/// name of its class or module.
pub fn wrapper(
    path: TokenStream,
    owner: &TokenStream,
    py_name: &str,
    sig: &FnSig,
    text: Option<String>,
    receiver: Receiver,
    kind: &str,
) -> Result<(TokenStream, TokenStream, String)> {
    let types = param_types(sig)?;
    let own = if receiver == Receiver::First { &types[1.min(types.len())..] } else { &types[..] };
    // A function that takes `Args` binds by itself.
    if own.len() == 1 && is_args(&own[0].1) {
        let text = text.unwrap_or_default();
        let params = Signature { varargs: true, varkw: true, ..Default::default() }.tokens(owner, py_name);
        let body = match receiver {
            Receiver::First => quote! {
                let (this, args) = args.split_receiver(vm, &PARAMS)?;
                let this = ::adder_vm::args::FromArg::receive(vm, this, &PARAMS)?;
                ::adder_vm::args::IntoResult::into_result(#path(vm, this, args), vm)
            },
            Receiver::None => quote! { ::adder_vm::args::IntoResult::into_result(#path(vm, args), vm) },
        };
        return Ok((params, quote! { |vm, _, args| { #body } }, text));
    }
    let signature = match &text {
        Some(t) => Signature::parse(t).map_err(|e| Error::new_spanned(sig, e))?,
        None => {
            let mut s = Signature::default();
            for (name, ty) in own {
                s.positional.push(Param { name: name.clone(), has_default: is_option(ty) });
            }
            s.pos_only = s.positional.len();
            let mut shown: Vec<String> = match kind {
                "class" => vec!["$type".into()],
                "instance" => vec!["$self".into()],
                "module" => vec!["$module".into()],
                _ => vec![],
            };
            for p in &s.positional {
                shown.push(if p.has_default {
                    format!("{}=<unrepresentable>", p.name)
                } else {
                    p.name.clone()
                });
            }
            if !shown.is_empty() {
                shown.push("/".into());
            }
            s.text = format!("({})", shown.join(", "));
            s
        }
    };
    if signature.slots() != own.len() {
        return Err(Error::new_spanned(
            sig,
            format!(
                "signature {} has {} parameters, the function takes {}",
                signature.text,
                signature.slots(),
                own.len()
            ),
        ));
    }
    let n = own.len();
    let params = signature.tokens(owner, py_name);
    let vars: Vec<_> = (0..n).map(|i| format_ident!("a{}", i)).collect();
    let convert = vars.iter().enumerate().map(|(i, v)| {
        quote! { let #v = ::adder_vm::args::FromArg::from_arg(vm, bound[#i], &PARAMS, #i)?; }
    });
    let body = match receiver {
        Receiver::First => quote! {
            let (this, args) = args.split_receiver(vm, &PARAMS)?;
            let this = ::adder_vm::args::FromArg::receive(vm, this, &PARAMS)?;
            let mut bound = [None; #n];
            PARAMS.bind(vm, args, &mut bound)?;
            #(#convert)*
            ::adder_vm::args::IntoResult::into_result(#path(vm, this #(, #vars)*), vm)
        },
        Receiver::None => quote! {
            let mut bound = [None; #n];
            PARAMS.bind(vm, args, &mut bound)?;
            #(#convert)*
            ::adder_vm::args::IntoResult::into_result(#path(vm #(, #vars)*), vm)
        },
    };
    Ok((params, quote! { |vm, _, args| { #body } }, signature.text))
}

/// Removes our attributes from a function and returns the one found with its arguments.
pub fn take_attr(f: &mut ImplItemFn, names: &[&str]) -> Option<(String, syn::Attribute)> {
    let at = f.attrs.iter().position(|a| names.iter().any(|n| a.path().is_ident(n)))?;
    let attr = f.attrs.remove(at);
    Some((attr.path().get_ident().map(|i| i.to_string()).unwrap_or_default(), attr))
}

/// Arguments of an attribute: an optional signature string and `key = value` pairs.
#[derive(Default)]
pub struct AttrArgs {
    pub text: Option<String>,
    pub name: Option<String>,
    pub idents: Vec<String>,
}

impl AttrArgs {
    pub fn parse(attr: &syn::Attribute) -> Result<AttrArgs> {
        let mut out = AttrArgs::default();
        if matches!(attr.meta, syn::Meta::Path(_)) {
            return Ok(out);
        }
        let exprs =
            attr.parse_args_with(syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated)?;
        for e in exprs {
            match e {
                syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(s), .. }) => out.text = Some(s.value()),
                syn::Expr::Path(p) => {
                    out.idents.push(p.path.get_ident().map(|i| i.to_string()).unwrap_or_default());
                }
                syn::Expr::Assign(a) => {
                    if let (syn::Expr::Path(p), syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(s), .. })) =
                        (&*a.left, &*a.right)
                        && p.path.is_ident("name")
                    {
                        out.name = Some(s.value());
                    }
                    // Other pairs (`returns = int`) are promises for the JIT, read by its tables.
                }
                other => return Err(Error::new_spanned(other, "unexpected argument")),
            }
        }
        Ok(out)
    }
}
