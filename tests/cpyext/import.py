# import.h: importing from C.
import sys

import ext_import as m


def error(function, *args):
    try:
        print(function(*args))
    except Exception as exc:
        print(type(exc).__name__, exc)


print(m.import_("json").__name__, m.import_module("json.decoder").__name__, m.import_attr("json", "dumps")([1]))
error(m.import_, "no_such_module")
error(m.import_module, "json.no_such_module")
error(m.import_attr, "json", "no_such_attribute")
error(m.import_, 5)
print(m.import_level("json.decoder", {}, [], 0).__name__, m.import_level("json.decoder", {}, ["JSONDecoder"], 0).__name__)
print(m.import_level("decoder", {"__package__": "json"}, ["x"], 1).__name__)
error(m.import_level, "decoder", {}, [], 1)
print(m.get_module("sys") is sys, m.get_module("not imported"), m.module_dict() is sys.modules)
added = m.add_module("added_in_c")
print(added, sys.modules["added_in_c"] is added, m.add_module("sys") is sys, m.get_module("added_in_c") is added)
made = m.exec_code("made_in_c", "x = 6 * 7\nname = __name__\nfile = __file__")
print(made.x, made.name, made.file, sys.modules["made_in_c"] is made)
error(m.exec_code, "broken", "1 +")
error(m.exec_code, "raising", "raise ValueError('while executing')")
print("raising" in sys.modules)
print(m.reload(m.import_("json")).__name__)
error(m.reload, 5)
number, tag = m.magic()
print(number, tag == sys.implementation.cache_tag)
