//! Why a recording was given up.

macro_rules! reasons {
    ($($name:ident $text:literal,)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Abort { $($name,)* }

        impl Abort {
            pub fn text(self) -> &'static str {
                match self { $(Abort::$name => $text,)* }
            }
        }
    };
}

reasons! {
    TooLong "the trace is too long",
    TooDeep "too many calls are inside each other",
    LeftTheLoop "the loop's frame has ended",
    Raised "an exception was raised",
    Vain "a call was not possible after all",
    InnerLoop "an inner loop has a trace of its own",
    Interrupted "an event was handled",
    Observed "a frame is looked at from outside",
    Foreign "a register owns an object of C",
}
