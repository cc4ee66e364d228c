//! `#[pymodule]`: the function table of one native module.

use crate::func::{AttrArgs, Receiver, doc_of, wrapper};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Item, ItemMod, Result};

pub fn expand(attr: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut item: ItemMod = syn::parse2(item)?;
    let doc = doc_of(&item.attrs);
    let module_name =
        if attr.is_empty() { item.ident.to_string() } else { syn::parse2::<syn::LitStr>(attr)?.value() };
    let span_error = Error::new_spanned(&item, "#[pymodule] needs an inline module");
    let Some((_, items)) = &mut item.content else { return Err(span_error) };
    let mut rows = vec![];
    let owner = if module_name == "builtins" {
        quote! { "" }
    } else {
        quote! { #module_name }
    };
    let mut has_exec = false;
    for member in items.iter_mut() {
        let Item::Fn(f) = member else { continue };
        has_exec |= f.sig.ident == "exec";
        while let Some(at) = f.attrs.iter().position(|a| a.path().is_ident("pyfunction")) {
            let attr = f.attrs.remove(at);
            let args = AttrArgs::parse(&attr)?;
            let ident = f.sig.ident.clone();
            let rust_name = ident.to_string().trim_start_matches("r#").to_string();
            let dunder = rust_name.starts_with("__") && rust_name.ends_with("__");
            let name = args.name.unwrap_or_else(|| match dunder {
                true => rust_name.clone(),
                false => rust_name.trim_end_matches('_').to_string(),
            });
            let doc = doc_of(&f.attrs);
            let (params, wrap, text) =
                wrapper(quote! { #ident }, &owner, &name, &f.sig, args.text, Receiver::None, "module")?;
            rows.push(quote! {
                {
                    const PARAMS: ::adder_vm::args::Params = #params;
                    ::adder_vm::def::MethodDef {
                        name: #name, kind: ::adder_vm::def::MethodKind::Function, func: #wrap,
                        params: &PARAMS, text_signature: #text, doc: #doc, direct: None,
                    }
                }
            });
        }
    }
    let exec = if has_exec {
        quote! { Some(exec) }
    } else {
        quote! { None }
    };
    items.push(syn::parse2(quote! {
        /// The module's definition, for the table of native modules.
        pub static DEF: ::adder_vm::def::ModuleDef = ::adder_vm::def::ModuleDef {
            name: #module_name, doc: #doc, functions: &[#(#rows),*], exec: #exec,
        };
    })?);
    Ok(quote! { #item })
}
