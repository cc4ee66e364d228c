/* command.c: a program that is the command. */
#include <Python.h>

int main(int argc, char **argv) { return Py_BytesMain(argc, argv); }
