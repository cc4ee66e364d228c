# Init functions that fail, each in its own way; the process goes on.
import importlib.machinery
import importlib.util

path = importlib.util.find_spec("ext_badinit").origin


def load(name):
    loader = importlib.machinery.ExtensionFileLoader(name, path)
    spec = importlib.util.spec_from_loader(name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


names = """null_result raises both raw no_module no_definition create_nothing create_raising create_unreported
create_number create_with_state create_with_exec create_twice execute_failing execute_raising execute_unreported
negative_size unknown_slot missing missing\u00e9 fine package.fine""".split()
for name in names:
    try:
        m = load(name)
        print(name, "->", type(m).__name__, getattr(m, "x", None), getattr(m, "__name__", None))
    except Exception as e:
        print(name, "->", type(e).__name__, e, "|", repr(e.__cause__))
        if isinstance(e, ImportError):
            print("   ", e.name, e.path == path)
