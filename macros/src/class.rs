//! `#[pyclass]`: layout and identity of one native class.

use crate::func::doc_of;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Expr, ItemStruct, MetaNameValue, Result, Token, Type, punctuated::Punctuated};

fn is_field(ty: &Type) -> bool {
    matches!(ty, Type::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "Field"))
}

pub fn expand(attr: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let item: ItemStruct = syn::parse2(item)?;
    let options = syn::parse::Parser::parse2(Punctuated::<MetaNameValue, Token![,]>::parse_terminated, attr)?;
    let ident = &item.ident;
    let doc = doc_of(&item.attrs);
    let mut name = quote! { #ident }.to_string();
    let mut module = "builtins".to_string();
    let mut base = quote! { <::adder_vm::builtins::object::Object as ::adder_vm::object::Object> };
    let mut fixed = quote! { None };
    let mut flags = quote! { ::adder_vm::def::DEFAULT };
    let mut layout_size = None;
    let mut layout_refs = None;
    let mut pinned = quote! { false };
    let mut dict = quote! { None };
    let mut text_signature = String::new();
    let mut methods = quote! { Some(&::adder_vm::def::ClassTables::of::<#ident>()) };
    let text = |e: &Expr| match e {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(s), .. }) => Ok(s.value()),
        // A literal that came through a macro is in an invisible group.
        Expr::Group(g) => match &*g.expr {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(s), .. }) => Ok(s.value()),
            other => Err(Error::new_spanned(other, "expected a string")),
        },
        other => Err(Error::new_spanned(other, "expected a string")),
    };
    for o in &options {
        let key = o.path.get_ident().map(|i| i.to_string()).unwrap_or_default();
        let v = &o.value;
        match key.as_str() {
            "name" => name = text(v)?,
            "module" => module = text(v)?,
            "base" => base = quote! { #v },
            "fixed" => fixed = quote! { Some(::adder_heap::ShapeId::fixed(#v)) },
            "flags" => flags = quote! { #v },
            "size" => layout_size = Some(quote! { #v }),
            "refs" => layout_refs = Some(quote! { #v }),
            "pinned" => pinned = quote! { #v },
            "dict" => {
                dict = {
                    let f: syn::Ident = syn::parse2(quote! { #v })?;
                    quote! { Some(::std::mem::offset_of!(#ident, #f) as u32) }
                }
            }
            "signature" => text_signature = text(v)?,
            "methods" => {
                methods = if quote! { #v }.to_string() == "false" {
                    quote! { None }
                } else {
                    methods
                }
            }
            _ => return Err(Error::new_spanned(&o.path, "unknown option")),
        }
    }
    let mut long_header = true;
    let mut mask = vec![];
    for (i, f) in item.fields.iter().enumerate() {
        let fname = f.ident.as_ref().ok_or_else(|| Error::new_spanned(f, "named fields only"))?;
        if i == 0 {
            let ty = &f.ty;
            long_header = quote! { #ty }.to_string().contains("LongHeader");
            // A struct that embeds its base's struct starts with it; its references come first.
            if fname == "base" {
                long_header = true;
                mask.push(quote! { <#ty as ::adder_vm::object::Object>::REF_MASK });
            }
        }
        if is_field(&f.ty) {
            mask.push(quote! { 1u64 << (::std::mem::offset_of!(#ident, #fname) / 8) });
        }
    }
    let size =
        layout_size.unwrap_or(quote! { ::adder_heap::Size::Fixed(::std::mem::size_of::<#ident>() as u32) });
    let refs = layout_refs
        .unwrap_or(quote! { ::adder_heap::Refs::Mask(<#ident as ::adder_vm::object::Object>::REF_MASK) });
    Ok(quote! {
        #item
        // SAFETY: the struct is repr(C) and starts with a header (layout-of-objects); the layout
        // below is computed from its fields.
        unsafe impl ::adder_vm::object::Object for #ident {
            const REF_MASK: u64 = 0 #(| #mask)*;
            const FIXED: Option<::adder_heap::ShapeId> = #fixed;
            const LAYOUT: ::adder_heap::Layout = ::adder_heap::Layout {
                name: #name,
                long_header: #long_header,
                size: #size,
                refs: #refs,
                drop: if ::std::mem::needs_drop::<#ident>() {
                    Some(::adder_vm::object::drop_in_place::<#ident>)
                } else {
                    None
                },
                pinned: #pinned,
            };
            fn cell() -> &'static ::adder_vm::object::ClassCell {
                static CELL: ::adder_vm::object::ClassCell = ::adder_vm::object::ClassCell::new();
                &CELL
            }
            const CLASS: ::adder_vm::def::ClassDef = ::adder_vm::def::ClassDef {
                name: #name,
                module: #module,
                doc: #doc,
                text_signature: #text_signature,
                base: #base::cell,
                flags: #flags,
                dict_offset: #dict,
                tables: #methods,
            };
        }
    })
}
