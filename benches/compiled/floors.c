// The least that a compiled method can cost: METH_O, the argument not looked at.
//
// It needs nothing but CPython, so one command builds it:
//   cc -O3 -shared -fPIC $(python3-config --includes) floors.c -o floors$(python3-config --extension-suffix)
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#if defined(__has_include)
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#endif
#endif

typedef struct {
    PyObject_HEAD
    double value;
    PyObject* cached;
} Floor;

static PyObject* floor_new(PyTypeObject* type, PyObject* arguments, PyObject* named) {
    static char* names[] = {"value", NULL};
    double value;
    if (!PyArg_ParseTupleAndKeywords(arguments, named, "d", names, &value)) return NULL;
    Floor* self = (Floor*)type->tp_alloc(type, 0);
    if (self == NULL) return NULL;
    self->value = value;
    self->cached = PyFloat_FromDouble(value);
    if (self->cached == NULL) Py_CLEAR(self);
    return (PyObject*)self;
}

static void floor_free(Floor* self) {
    Py_XDECREF(self->cached);
    Py_TYPE(self)->tp_free((PyObject*)self);
}

static PyObject* cached_lr(Floor* self, PyObject* step) {
    (void)step;
    return Py_NewRef(self->cached);
}

static PyObject* fresh_lr(Floor* self, PyObject* step) {
    (void)step;
    return PyFloat_FromDouble(self->value);
}

static PyMethodDef cached_methods[] = {{"lr", (PyCFunction)cached_lr, METH_O, "The float that is there."}, {NULL, NULL, 0, NULL}};
static PyMethodDef fresh_methods[] = {{"lr", (PyCFunction)fresh_lr, METH_O, "A new float."}, {NULL, NULL, 0, NULL}};

static PyTypeObject cached_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "floors.Cached",
    .tp_basicsize = sizeof(Floor),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = cached_methods,
    .tp_new = floor_new,
    .tp_dealloc = (destructor)floor_free,
};

static PyTypeObject fresh_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "floors.Fresh",
    .tp_basicsize = sizeof(Floor),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = fresh_methods,
    .tp_new = floor_new,
    .tp_dealloc = (destructor)floor_free,
};

// Under callgrind: ends a section of the count and gives it a name. With --instr-atstart=no
// the first call of a process begins to count; else whatever came before it is in its section.
static PyObject* mark(PyObject* module, PyObject* name) {
    (void)module;
    const char* text = PyUnicode_AsUTF8(name);
    if (text == NULL) return NULL;
#ifdef CALLGRIND_DUMP_STATS_AT
    CALLGRIND_DUMP_STATS_AT(text);
    CALLGRIND_ZERO_STATS;
    CALLGRIND_START_INSTRUMENTATION;
#endif
    Py_RETURN_NONE;
}

static PyObject* can_mark(PyObject* module, PyObject* unused) {
    (void)module;
    (void)unused;
#ifdef CALLGRIND_DUMP_STATS_AT
    return PyBool_FromLong(RUNNING_ON_VALGRIND);
#else
    Py_RETURN_FALSE;
#endif
}

static PyMethodDef functions[] = {
    {"mark", mark, METH_O, "Dump callgrind's counts since the last mark under that name, and count from zero."},
    {"can_mark", can_mark, METH_NOARGS, "Whether `mark` does something: built with valgrind's headers, and run by it."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "floors", .m_size = -1, .m_methods = functions};

PyMODINIT_FUNC PyInit_floors(void) {
    if (PyType_Ready(&cached_type) < 0 || PyType_Ready(&fresh_type) < 0) return NULL;
    PyObject* floors = PyModule_Create(&module);
    if (floors == NULL) return NULL;
    PyModule_AddObjectRef(floors, "Cached", (PyObject*)&cached_type);
    PyModule_AddObjectRef(floors, "Fresh", (PyObject*)&fresh_type);
    return floors;
}
