//! `#[capi]`: a Rust function becomes a function of the C API.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{FnArg, ItemFn, Result, ReturnType};

pub fn expand(item: TokenStream) -> Result<TokenStream> {
    let f: ItemFn = syn::parse2(item)?;
    let name = &f.sig.ident;
    let mut types = vec![];
    for arg in f.sig.inputs.iter().skip(1) {
        match arg {
            FnArg::Typed(arg) => types.push(&arg.ty),
            FnArg::Receiver(r) => return Err(syn::Error::new_spanned(r, "an API function has no receiver")),
        }
    }
    let names: Vec<_> = (0..types.len()).map(|i| format_ident!("a{i}")).collect();
    let output = match &f.sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, t) => quote!(#t),
    };
    let attrs = &f.attrs;
    let (inputs, body, result) = (&f.sig.inputs, &f.block, &f.sig.output);
    Ok(quote! {
        #(#attrs)*
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub unsafe extern "C" fn #name(
            #(#names: <#types as crate::pyobject::FromC>::C),*
        ) -> <#output as crate::pyobject::IntoC>::C {
            #[inline(always)]
            fn body(#inputs) #result #body
            let vm = adder_vm::vm::Vm::get();
            // An unwinding panic ends the process here: it crosses no C frame.
            crate::pyobject::IntoC::into_c(body(vm, #(crate::pyobject::FromC::from_c(#names)),*), vm)
        }
    })
}
