/* typeobject.c: types defined in C, static and on the heap: slots, members, getset, subclassing. */
#include "fixture.h"
#include <stddef.h>

/* A static type: a number with a unit, and nearly every slot. */
typedef struct {
    PyObject_HEAD
    double value;
    PyObject *unit;
    int readonly;
    char flag;
} QuantityObject;

static PyTypeObject QuantityType;

#define Quantity_Check(ob) PyObject_TypeCheck(ob, &QuantityType)

static PyObject *quantity_make(double value, PyObject *unit)
{
    QuantityObject *self = PyObject_New(QuantityObject, &QuantityType);
    if (self != NULL) {
        self->value = value;
        self->unit = Py_NewRef(unit);
        self->readonly = 7;
        self->flag = 0;
    }
    return (PyObject *)self;
}

static PyObject *quantity_new(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    QuantityObject *self = (QuantityObject *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->unit = Py_NewRef(Py_None);
        self->readonly = 7;
    }
    return (PyObject *)self;
}

static int quantity_init(PyObject *op, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"value", "unit", NULL};
    QuantityObject *self = (QuantityObject *)op;
    PyObject *unit = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "d|O:Quantity", names, &self->value, &unit)) {
        return -1;
    }
    Py_SETREF(self->unit, Py_NewRef(unit));
    return 0;
}

static int deallocated;

static void quantity_dealloc(PyObject *self)
{
    deallocated++;
    Py_XDECREF(((QuantityObject *)self)->unit);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *quantity_repr(PyObject *op)
{
    QuantityObject *self = (QuantityObject *)op;
    PyObject *value = PyFloat_FromDouble(self->value), *text;
    if (value == NULL) {
        return NULL;
    }
    text = PyUnicode_FromFormat("Quantity(%R, %R)", value, self->unit);
    Py_DECREF(value);
    return text;
}

static PyObject *quantity_str(PyObject *op)
{
    return PyUnicode_FromFormat("%d %S", (int)((QuantityObject *)op)->value, ((QuantityObject *)op)->unit);
}

static Py_hash_t quantity_hash(PyObject *op) { return (Py_hash_t)((QuantityObject *)op)->value + 1000; }

static PyObject *quantity_richcompare(PyObject *a, PyObject *b, int op)
{
    if (!Quantity_Check(a) || !Quantity_Check(b)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    Py_RETURN_RICHCOMPARE(((QuantityObject *)a)->value, ((QuantityObject *)b)->value, op);
}

static PyObject *quantity_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return Py_BuildValue("OOO", self, args, kwargs ? kwargs : Py_None);
}

/* Numbers: one operand may be a float or int. */
static int to_double(PyObject *ob, double *value)
{
    if (Quantity_Check(ob)) {
        *value = ((QuantityObject *)ob)->value;
        return 1;
    }
    if (PyFloat_Check(ob) || PyLong_Check(ob)) {
        *value = PyFloat_AsDouble(ob);
        return PyErr_Occurred() ? -1 : 1;
    }
    return 0;
}

static PyObject *quantity_binary(PyObject *a, PyObject *b, char op)
{
    double x, y;
    int left = to_double(a, &x), right = to_double(b, &y);
    PyObject *unit;
    if (left < 0 || right < 0) {
        return NULL;
    }
    if (!left || !right) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    unit = ((QuantityObject *)(Quantity_Check(a) ? a : b))->unit;
    return quantity_make(op == '+' ? x + y : op == '-' ? x - y : x * y, unit);
}

static PyObject *quantity_add(PyObject *a, PyObject *b) { return quantity_binary(a, b, '+'); }
static PyObject *quantity_subtract(PyObject *a, PyObject *b) { return quantity_binary(a, b, '-'); }
static PyObject *quantity_multiply(PyObject *a, PyObject *b) { return quantity_binary(a, b, '*'); }

static PyObject *quantity_power(PyObject *a, PyObject *b, PyObject *c)
{
    return Py_BuildValue("sOOO", "power", a, b, c);
}

static PyObject *quantity_negative(PyObject *op)
{
    return quantity_make(-((QuantityObject *)op)->value, ((QuantityObject *)op)->unit);
}

static int quantity_bool(PyObject *op) { return ((QuantityObject *)op)->value != 0; }
static PyObject *quantity_int(PyObject *op) { return PyLong_FromDouble(((QuantityObject *)op)->value); }
static PyObject *quantity_float(PyObject *op) { return PyFloat_FromDouble(((QuantityObject *)op)->value); }

static PyObject *quantity_inplace_add(PyObject *op, PyObject *other)
{
    double value;
    if (to_double(other, &value) <= 0) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    ((QuantityObject *)op)->value += value;
    return Py_NewRef(op);
}

static PyNumberMethods quantity_number = {
    .nb_add = quantity_add,
    .nb_subtract = quantity_subtract,
    .nb_multiply = quantity_multiply,
    .nb_power = quantity_power,
    .nb_negative = quantity_negative,
    .nb_bool = quantity_bool,
    .nb_int = quantity_int,
    .nb_float = quantity_float,
    .nb_inplace_add = quantity_inplace_add,
};

/* The unit's characters, as a sequence and a mapping. */
static Py_ssize_t quantity_length(PyObject *op) { return PyObject_Size(((QuantityObject *)op)->unit); }

static PyObject *quantity_item(PyObject *op, Py_ssize_t i)
{
    return PySequence_GetItem(((QuantityObject *)op)->unit, i);
}

static int quantity_contains(PyObject *op, PyObject *value)
{
    return PySequence_Contains(((QuantityObject *)op)->unit, value);
}

static PySequenceMethods quantity_sequence = {
    .sq_length = quantity_length,
    .sq_item = quantity_item,
    .sq_contains = quantity_contains,
};

static PyObject *quantity_subscript(PyObject *op, PyObject *key)
{
    return Py_BuildValue("sOO", "subscript", ((QuantityObject *)op)->unit, key);
}

static int quantity_ass_subscript(PyObject *op, PyObject *key, PyObject *value)
{
    if (value == NULL) {
        PyErr_SetObject(PyExc_KeyError, key);
        return -1;
    }
    Py_SETREF(((QuantityObject *)op)->unit, Py_BuildValue("OO", key, value));
    return 0;
}

static PyMappingMethods quantity_mapping = {
    .mp_length = quantity_length,
    .mp_subscript = quantity_subscript,
    .mp_ass_subscript = quantity_ass_subscript,
};

/* Attributes. */
static PyObject *quantity_get_double(PyObject *op, void *closure)
{
    return PyFloat_FromDouble(((QuantityObject *)op)->value * *(double *)closure);
}

static int quantity_set_double(PyObject *op, PyObject *value, void *closure)
{
    double x;
    if (value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "double cannot be deleted");
        return -1;
    }
    x = PyFloat_AsDouble(value);
    if (x == -1.0 && PyErr_Occurred()) {
        return -1;
    }
    ((QuantityObject *)op)->value = x / *(double *)closure;
    return 0;
}

static double two = 2.0, three = 3.0;

static PyGetSetDef quantity_getset[] = {
    {"double", quantity_get_double, quantity_set_double, "twice the value", &two},
    {"triple", quantity_get_double, NULL, NULL, &three},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef quantity_members[] = {
    {"value", Py_T_DOUBLE, offsetof(QuantityObject, value), 0, "the number"},
    {"unit", Py_T_OBJECT_EX, offsetof(QuantityObject, unit), 0, NULL},
    {"readonly", Py_T_INT, offsetof(QuantityObject, readonly), Py_READONLY, NULL},
    {"flag", Py_T_BOOL, offsetof(QuantityObject, flag), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyObject *quantity_convert(PyObject *op, PyObject *arg)
{
    return Py_BuildValue("sOO", "convert", op, arg);
}

static PyMethodDef quantity_methods[] = {
    {"convert", quantity_convert, METH_O, "convert to another unit"},
    LAST_ENTRY,
};

static PyTypeObject QuantityType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_typeobject.Quantity",
    .tp_basicsize = sizeof(QuantityObject),
    .tp_dealloc = quantity_dealloc,
    .tp_repr = quantity_repr,
    .tp_as_number = &quantity_number,
    .tp_as_sequence = &quantity_sequence,
    .tp_as_mapping = &quantity_mapping,
    .tp_hash = quantity_hash,
    .tp_call = quantity_call,
    .tp_str = quantity_str,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Quantity(value, unit=None)\n--\n\nA number with a unit.",
    .tp_richcompare = quantity_richcompare,
    .tp_methods = quantity_methods,
    .tp_members = quantity_members,
    .tp_getset = quantity_getset,
    .tp_init = quantity_init,
    .tp_new = quantity_new,
};

/* A static subtype of it, with a field more and one slot replaced. */
typedef struct {
    QuantityObject base;
    long extra;
} MoneyObject;

static PyObject *money_repr(PyObject *op)
{
    PyObject *base = QuantityType.tp_repr(op), *text;
    text = base == NULL ? NULL : PyUnicode_FromFormat("Money:%U:%ld", base, ((MoneyObject *)op)->extra);
    Py_XDECREF(base);
    return text;
}

static PyMemberDef money_members[] = {
    {"extra", Py_T_LONG, offsetof(MoneyObject, extra), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject MoneyType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_typeobject.Money",
    .tp_basicsize = sizeof(MoneyObject),
    .tp_base = &QuantityType,
    .tp_repr = money_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_members = money_members,
};

/* A static subtype of list with a field of its own. */
typedef struct {
    PyListObject list;
    int count;
} CountingObject;

static PyObject *counting_append(PyObject *op, PyObject *item)
{
    ((CountingObject *)op)->count++;
    return PyList_Append(op, item) < 0 ? NULL : PyLong_FromLong(((CountingObject *)op)->count);
}

static PyMethodDef counting_methods[] = {{"append", counting_append, METH_O, NULL}, LAST_ENTRY};

static PyTypeObject CountingType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_typeobject.Counting",
    .tp_basicsize = sizeof(CountingObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = counting_methods,
};

/* A variable-size type. */
typedef struct {
    PyObject_VAR_HEAD
    long items[1];
} LongsObject;

static PyObject *longs_new(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(kwargs))
{
    Py_ssize_t n = PyTuple_GET_SIZE(args), i;
    LongsObject *self = (LongsObject *)type->tp_alloc(type, n);
    for (i = 0; self != NULL && i < n; i++) {
        self->items[i] = PyLong_AsLong(PyTuple_GET_ITEM(args, i));
        if (PyErr_Occurred()) {
            Py_CLEAR(self);
        }
    }
    return (PyObject *)self;
}

static Py_ssize_t longs_length(PyObject *self) { return Py_SIZE(self); }

static PyObject *longs_item(PyObject *self, Py_ssize_t i)
{
    if (i < 0 || i >= Py_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "longs index out of range");
        return NULL;
    }
    return PyLong_FromLong(((LongsObject *)self)->items[i]);
}

static PySequenceMethods longs_sequence = {.sq_length = longs_length, .sq_item = longs_item};

static PyTypeObject LongsType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_typeobject.Longs",
    .tp_basicsize = offsetof(LongsObject, items),
    .tp_itemsize = sizeof(long),
    .tp_as_sequence = &longs_sequence,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = longs_new,
};

/* An iterator. */
typedef struct {
    PyObject_HEAD
    long next, end;
} CounterObject;

static PyObject *counter_new(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(kwargs))
{
    long end;
    CounterObject *self;
    if (!PyArg_ParseTuple(args, "l:Counter", &end)) {
        return NULL;
    }
    self = (CounterObject *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->end = end;
    }
    return (PyObject *)self;
}

static PyObject *counter_next(PyObject *op)
{
    CounterObject *self = (CounterObject *)op;
    return self->next < self->end ? PyLong_FromLong(self->next++) : NULL;
}

static PyTypeObject CounterType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_typeobject.Counter",
    .tp_basicsize = sizeof(CounterObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = counter_next,
    .tp_new = counter_new,
};

/* A descriptor. */
static PyObject *descriptor_get(PyObject *self, PyObject *ob, PyObject *type)
{
    return Py_BuildValue("sOO", Py_TYPE(self)->tp_name, ob ? ob : Py_None, type ? type : Py_None);
}

static int descriptor_set(PyObject *Py_UNUSED(self), PyObject *ob, PyObject *value)
{
    PyObject *name = PyUnicode_FromString("stored");
    int result = PyObject_GenericSetAttr(ob, name, value ? value : Py_Ellipsis);
    Py_DECREF(name);
    return result;
}

static PyTypeObject DescriptorType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_typeobject.Descriptor",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_descr_get = descriptor_get,
    .tp_descr_set = descriptor_set,
    .tp_new = PyType_GenericNew,
};

/* A heap type with a dict and weak references, managed by the interpreter. */
typedef struct {
    PyObject_HEAD
    int number;
} HeapObject;

static PyObject *heap_getattro(PyObject *self, PyObject *name)
{
    if (PyUnicode_EqualToUTF8(name, "magic")) {
        return PyUnicode_FromFormat("magic of %T", self);
    }
    return PyObject_GenericGetAttr(self, name);
}

static int heap_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    return PyObject_VisitManagedDict(self, visit, arg);
}

static int heap_clear(PyObject *self)
{
    PyObject_ClearManagedDict(self);
    return 0;
}

static void heap_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    PyObject_ClearWeakRefs(self);
    PyObject_ClearManagedDict(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static void heap_finalize(PyObject *self) { ((HeapObject *)self)->number = -1; }

static PyMemberDef heap_members[] = {
    {"number", Py_T_INT, offsetof(HeapObject, number), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef heap_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot heap_slots[] = {
    {Py_tp_doc, "A heap type."},
    {Py_tp_getset, heap_getset},
    {Py_tp_getattro, heap_getattro},
    {Py_tp_traverse, heap_traverse},
    {Py_tp_clear, heap_clear},
    {Py_tp_dealloc, heap_dealloc},
    {Py_tp_finalize, heap_finalize},
    {Py_tp_members, heap_members},
    {0, NULL},
};

static PyType_Spec heap_spec = {
    "ext_typeobject.Heap", sizeof(HeapObject), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT
        | Py_TPFLAGS_MANAGED_WEAKREF,
    heap_slots};

/* An immutable heap type that cannot be instantiated. */
static PyType_Slot sealed_slots[] = {{0, NULL}};
static PyType_Spec sealed_spec = {
    "ext_typeobject.Sealed", sizeof(PyObject), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, sealed_slots};

/* A metaclass, and a type made with it. */
static PyObject *meta_call_count(PyObject *cls, void *Py_UNUSED(closure))
{
    return PyUnicode_FromFormat("counted by %N", Py_TYPE(cls));
}

static PyGetSetDef meta_getset[] = {
    {"counted", meta_call_count, NULL, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};
static PyType_Slot meta_slots[] = {{Py_tp_getset, meta_getset}, {0, NULL}};
static PyType_Spec meta_spec = {"ext_typeobject.Meta", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                                meta_slots};
static PyType_Slot with_meta_slots[] = {{0, NULL}};
static PyType_Spec with_meta_spec = {"ext_typeobject.WithMeta", sizeof(PyObject), 0,
                                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, with_meta_slots};

/* Questions about types. */
ONE(describe)
{
    PyTypeObject *type = (PyTypeObject *)arg;
    return Py_BuildValue("sniiNNNN", type->tp_name, type->tp_itemsize, PyType_Check(arg),
                         PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE), PyType_GetName(type),
                         PyType_GetQualName(type), PyType_GetFullyQualifiedName(type),
                         PyType_GetModuleName(type));
}

ONE(slots)
{
    PyTypeObject *type = (PyTypeObject *)arg;
    return Py_BuildValue(
        "iiiii", type->tp_as_number != NULL && type->tp_as_number->nb_add != NULL,
        type->tp_as_sequence != NULL && type->tp_as_sequence->sq_item != NULL,
        type->tp_as_mapping != NULL && type->tp_as_mapping->mp_subscript != NULL,
        type->tp_iternext != NULL && type->tp_iter == PyObject_SelfIter,
        PyType_GetSlot(type, Py_tp_repr) == (void *)type->tp_repr);
}

ONE(mro)
{
    PyTypeObject *type = (PyTypeObject *)arg;
    return PyTuple_Pack(3, type->tp_base ? (PyObject *)type->tp_base : Py_None, type->tp_bases,
                        type->tp_mro);
}

WRAP_OO_INT(is_subtype_objects, PyObject_IsSubclass)

VARARGS(is_subtype)
{
    PyObject *a, *b;
    return PyArg_ParseTuple(args, "O!O!", &PyType_Type, &a, &PyType_Type, &b)
               ? PyBool_FromLong(PyType_IsSubtype((PyTypeObject *)a, (PyTypeObject *)b)) : NULL;
}

/* A change to the dict of a static type, which must be announced. */
ONE(add_attribute)
{
    if (PyDict_SetItemString(QuantityType.tp_dict, "added", arg) < 0) {
        return NULL;
    }
    PyType_Modified(&QuantityType);
    Py_RETURN_NONE;
}

/* A slot that is called through the type, as compiled code does. */
VARARGS(add_through_slot)
{
    PyObject *a, *b;
    PyNumberMethods *methods;
    if (!PyArg_ParseTuple(args, "OO", &a, &b)) {
        return NULL;
    }
    methods = Py_TYPE(a)->tp_as_number;
    if (methods == NULL || methods->nb_add == NULL) {
        Py_RETURN_NONE;
    }
    return methods->nb_add(a, b);
}

NONE(times_deallocated) { return PyLong_FromLong(deallocated); }

static int setup(PyObject *module)
{
    PyObject *meta;
    CountingType.tp_base = &PyList_Type;
    if (PyModule_AddType(module, &QuantityType) < 0 || PyModule_AddType(module, &MoneyType) < 0
        || PyModule_AddType(module, &CountingType) < 0 || PyModule_AddType(module, &LongsType) < 0
        || PyModule_AddType(module, &CounterType) < 0 || PyModule_AddType(module, &DescriptorType) < 0
        || PyModule_Add(module, "Heap", PyType_FromModuleAndSpec(module, &heap_spec, NULL)) < 0
        || PyModule_Add(module, "Sealed", PyType_FromSpec(&sealed_spec)) < 0) {
        return -1;
    }
    meta = PyType_FromSpecWithBases(&meta_spec, (PyObject *)&PyType_Type);
    if (PyModule_AddObjectRef(module, "Meta", meta) < 0) {
        Py_XDECREF(meta);
        return -1;
    }
    Py_DECREF(meta);
    return PyModule_Add(module, "WithMeta",
                        PyType_FromMetaclass((PyTypeObject *)meta, module, &with_meta_spec, NULL));
}

static PyMethodDef methods[] = {
    ONE_ENTRY(describe), ONE_ENTRY(slots), ONE_ENTRY(mro), VARARGS_ENTRY(is_subtype_objects),
    VARARGS_ENTRY(is_subtype), ONE_ENTRY(add_attribute), VARARGS_ENTRY(add_through_slot),
    NONE_ENTRY(times_deallocated), LAST_ENTRY,
};

FIXTURE_MODULE_WITH(ext_typeobject, methods, setup)
