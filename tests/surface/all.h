/* all.h: every header an extension can include, for the tests in surface.rs. */
#ifndef Py_LIMITED_API
#define Py_BUILD_CORE 1
#endif
#include <Python.h>

#include <datetime.h>
#include <errcode.h>
#include <frameobject.h>
#include <marshal.h>
#include <opcode.h>
#include <osdefs.h>
#include <structmember.h>

#ifndef Py_LIMITED_API
#include <internal/pycore_abstract.h>
#include <internal/pycore_bytesobject.h>
#include <internal/pycore_call.h>
#include <internal/pycore_capsule.h>
#include <internal/pycore_ceval.h>
#include <internal/pycore_complexobject.h>
#include <internal/pycore_crossinterp.h>
#include <internal/pycore_dict.h>
#include <internal/pycore_fileutils.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_genobject.h>
#include <internal/pycore_hashtable.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_list.h>
#include <internal/pycore_lock.h>
#include <internal/pycore_long.h>
#include <internal/pycore_modsupport.h>
#include <internal/pycore_namespace.h>
#include <internal/pycore_object.h>
#include <internal/pycore_pyerrors.h>
#include <internal/pycore_pylifecycle.h>
#include <internal/pycore_pymem.h>
#include <internal/pycore_pystate.h>
#include <internal/pycore_pythread.h>
#include <internal/pycore_setobject.h>
#include <internal/pycore_strhex.h>
#include <internal/pycore_structseq.h>
#include <internal/pycore_sysmodule.h>
#include <internal/pycore_time.h>
#include <internal/pycore_traceback.h>
#include <internal/pycore_tracemalloc.h>
#include <internal/pycore_tuple.h>
#include <internal/pycore_typeobject.h>
#include <internal/pycore_unicodeobject.h>
#include <internal/pycore_weakref.h>
#endif

/* pyexpat.h needs expat.h, which is not required for building. These stand in for its types. */
typedef char XML_Char;
typedef char XML_LChar;
typedef unsigned char XML_Bool;
typedef unsigned long XML_Size;
typedef struct XML_ParserStruct *XML_Parser;
enum XML_Error { XML_ERROR_NONE };
enum XML_Status { XML_STATUS_ERROR };
typedef struct XML_Memory_Handling_Suite XML_Memory_Handling_Suite;
typedef struct XML_Encoding XML_Encoding;
typedef void (*XML_CharacterDataHandler)(void);
typedef void (*XML_CommentHandler)(void);
typedef void (*XML_DefaultHandler)(void);
typedef void (*XML_StartElementHandler)(void);
typedef void (*XML_EndElementHandler)(void);
typedef void (*XML_StartNamespaceDeclHandler)(void);
typedef void (*XML_EndNamespaceDeclHandler)(void);
typedef void (*XML_ProcessingInstructionHandler)(void);
typedef void (*XML_UnknownEncodingHandler)(void);
typedef void (*XML_StartDoctypeDeclHandler)(void);
#include <pyexpat.h>
