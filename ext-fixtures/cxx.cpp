// cxx.cpp: a module in C++: exceptions, references as objects, members with constructors.
#include "fixture.h"

#include <new>
#include <stdexcept>
#include <string>
#include <vector>

// Owns a reference.
class Ref {
  public:
    explicit Ref(PyObject *owned = nullptr) : ptr(owned) {}
    Ref(Ref &&other) noexcept : ptr(other.ptr) { other.ptr = nullptr; }
    Ref(const Ref &) = delete;
    Ref &operator=(const Ref &) = delete;
    ~Ref() { Py_XDECREF(ptr); }
    PyObject *get() const { return ptr; }
    PyObject *release()
    {
        PyObject *result = ptr;
        ptr = nullptr;
        return result;
    }

  private:
    PyObject *ptr;
};

// Carries a Python exception through C++ frames.
struct PythonError {};

static Ref checked(PyObject *ob)
{
    if (ob == nullptr) {
        throw PythonError();
    }
    return Ref(ob);
}

// Runs function and turns C++ exceptions into Python ones.
template <typename Function> static PyObject *guarded(Function function)
{
    try {
        return function().release();
    } catch (const PythonError &) {
        return nullptr;
    } catch (const std::out_of_range &) {
        PyErr_SetString(PyExc_IndexError, "no such name");
    } catch (const std::exception &error) {
        PyErr_SetString(PyExc_RuntimeError, error.what());
    }
    return nullptr;
}

// Sums an iterable; throws through the frames that own references.
ONE(sum)
{
    return guarded([arg] {
        Ref iter = checked(PyObject_GetIter(arg));
        long total = 0;
        while (PyObject *next = PyIter_Next(iter.get())) {
            Ref item(next);
            total += PyLong_AsLong(item.get());
            if (PyErr_Occurred()) {
                throw PythonError();
            }
            if (total > 1000) {
                throw std::runtime_error("too much");
            }
        }
        if (PyErr_Occurred()) {
            throw PythonError();
        }
        return checked(PyLong_FromLong(total));
    });
}

// Calls Python, which calls back, which throws.
ONE(call)
{
    return guarded([arg] { return checked(PyObject_CallNoArgs(arg)); });
}

// A type with C++ members.
struct NamesObject {
    PyObject_HEAD
    std::vector<std::string> names;
};

static PyObject *names_new(PyTypeObject *type, PyObject *, PyObject *)
{
    PyObject *self = type->tp_alloc(type, 0);
    if (self != nullptr) {
        new (&reinterpret_cast<NamesObject *>(self)->names) std::vector<std::string>();
    }
    return self;
}

static void names_dealloc(PyObject *self)
{
    reinterpret_cast<NamesObject *>(self)->names.~vector();
    Py_TYPE(self)->tp_free(self);
}

static PyObject *names_add(PyObject *self, PyObject *arg)
{
    return guarded([self, arg] {
        Py_ssize_t size;
        const char *text = PyUnicode_AsUTF8AndSize(arg, &size);
        if (text == nullptr) {
            throw PythonError();
        }
        auto &names = reinterpret_cast<NamesObject *>(self)->names;
        names.emplace_back(text, static_cast<size_t>(size));
        return checked(PyLong_FromSize_t(names.size()));
    });
}

static PyObject *names_get(PyObject *self, PyObject *arg)
{
    return guarded([self, arg] {
        size_t index = PyLong_AsSize_t(arg);
        if (PyErr_Occurred()) {
            throw PythonError();
        }
        return checked(PyUnicode_FromString(reinterpret_cast<NamesObject *>(self)->names.at(index).c_str()));
    });
}

static PyMethodDef names_methods[] = {
    {"add", names_add, METH_O, nullptr},
    {"get", names_get, METH_O, nullptr},
    LAST_ENTRY,
};

static PyType_Slot names_slots[] = {
    {Py_tp_new, reinterpret_cast<void *>(names_new)},
    {Py_tp_dealloc, reinterpret_cast<void *>(names_dealloc)},
    {Py_tp_methods, names_methods},
    {0, nullptr},
};

static PyType_Spec names_spec = {"ext_cxx.Names", sizeof(NamesObject), 0,
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, names_slots};

static int setup(PyObject *module)
{
    return PyModule_Add(module, "Names", PyType_FromSpec(&names_spec));
}

static PyMethodDef methods[] = {ONE_ENTRY(sum), ONE_ENTRY(call), LAST_ENTRY};

FIXTURE_MODULE_WITH(ext_cxx, methods, setup)
