//! `#[pymethods]`: the method, getset and slot tables of one class.

use crate::func::{AttrArgs, Receiver, doc_of, take_attr, wrapper};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::BTreeMap;
use syn::{ImplItem, ItemImpl, Result};

const OURS: &[&str] = &["pymethod", "classmethod", "staticmethod", "getter", "setter", "deleter", "slot"];

#[derive(Default)]
struct GetSet {
    get: Option<TokenStream>,
    set: Option<TokenStream>,
    doc: String,
}

pub fn expand(_attr: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut item: ItemImpl = syn::parse2(item)?;
    let self_ty = item.self_ty.clone();
    let mut methods = vec![];
    let owner = quote! { <#self_ty as ::adder_vm::object::Object>::LAYOUT.name };
    let mut slots = vec![];
    let mut getsets: BTreeMap<String, GetSet> = BTreeMap::new();
    let mut order = vec![];
    for member in &mut item.items {
        let ImplItem::Fn(f) = member else { continue };
        while let Some((kind, attr)) = take_attr(f, OURS) {
            let args = AttrArgs::parse(&attr)?;
            let ident = f.sig.ident.clone();
            let rust_name = ident.to_string();
            let path = quote! { <#self_ty>::#ident };
            let doc = doc_of(&f.attrs);
            match kind.as_str() {
                "slot" => {
                    for slot in &args.idents {
                        let slot = format_ident!("{}", slot);
                        slots.push(quote! { slots.#slot = Some(#path); });
                    }
                }
                "getter" | "setter" | "deleter" => {
                    let default = rust_name
                        .trim_start_matches("get_")
                        .trim_start_matches("set_")
                        .trim_start_matches("del_")
                        .trim_end_matches('_')
                        .to_string();
                    let default = if rust_name.starts_with("__") { rust_name.clone() } else { default };
                    let name = args.name.or(args.text).unwrap_or(default);
                    if !getsets.contains_key(&name) {
                        order.push(name.clone());
                    }
                    let entry = getsets.entry(name).or_default();
                    if kind == "getter" {
                        entry.doc = doc;
                        entry.get = Some(quote! {
                            |vm, _, this| {
                                let this = ::adder_vm::args::FromArg::receive_any(vm, this)?;
                                ::adder_vm::args::IntoResult::into_result(#path(vm, this), vm)
                            }
                        });
                    } else {
                        // fn(vm, this, value: Option<Value>) -> PyResult<()>: None deletes
                        entry.set = Some(quote! {
                            |vm, _, this, value| {
                                let this = ::adder_vm::args::FromArg::receive_any(vm, this)?;
                                #path(vm, this, value)
                            }
                        });
                    }
                }
                _ => {
                    let (receiver, k, label) = match kind.as_str() {
                        "classmethod" => (Receiver::First, quote! { Class }, "class"),
                        "staticmethod" => (Receiver::None, quote! { Static }, "static"),
                        _ => (Receiver::First, quote! { Instance }, "instance"),
                    };
                    let name = args.name.unwrap_or_else(|| rust_name.trim_end_matches('_').to_string());
                    let name = if rust_name.starts_with("__") && rust_name.ends_with("__") {
                        rust_name.clone()
                    } else {
                        name
                    };
                    let (params, wrap, text) =
                        wrapper(path, &owner, &name, &f.sig, args.text, receiver, label)?;
                    methods.push(quote! {
                        {
                            const PARAMS: ::adder_vm::args::Params = #params;
                            ::adder_vm::def::MethodDef {
                                name: #name, kind: ::adder_vm::def::MethodKind::#k, func: #wrap,
                                params: &PARAMS, text_signature: #text, doc: #doc, direct: None,
                            }
                        }
                    });
                }
            }
        }
    }
    let getset_rows = order.iter().map(|name| {
        let g = &getsets[name];
        let doc = &g.doc;
        let get = g.get.clone().map_or(quote! { None }, |g| quote! { Some(#g) });
        let set = g.set.clone().map_or(quote! { None }, |s| quote! { Some(#s) });
        quote! { ::adder_vm::def::GetSetDef {
            name: #name, get: #get, set: #set, doc: #doc, extension: false,
        } }
    });
    Ok(quote! {
        #item
        impl ::adder_vm::def::Methods for #self_ty {
            const METHODS: &'static [::adder_vm::def::MethodDef] = &[#(#methods),*];
            const GETSETS: &'static [::adder_vm::def::GetSetDef] = &[#(#getset_rows),*];
            fn fill_slots(slots: &mut ::adder_vm::slots::Slots) { let _ = &slots; #(#slots)* }
        }
    })
}
