/* unicodeobject.h: str: creation, access, codecs and string methods.
 *
 * A char * argument is UTF-8 unless the function names another encoding. errors is the name of an
 * error handler, NULL meaning "strict". */

#ifndef Py_UNICODEOBJECT_H
#define Py_UNICODEOBJECT_H
#ifdef __cplusplus
extern "C" {
#endif

/* Facts from before PEP 393 that code still asks for. */
#define Py_USING_UNICODE
#define Py_UNICODE_SIZE SIZEOF_WCHAR_T
#define Py_UNICODE_WIDE

/* One character, by the width it is stored in. */
typedef uint32_t Py_UCS4;
typedef uint16_t Py_UCS2;
typedef uint8_t Py_UCS1;

PyAPI_DATA(PyTypeObject) PyUnicode_Type;
PyAPI_DATA(PyTypeObject) PyUnicodeIter_Type;

#define PyUnicode_Check(op) PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_UNICODE_SUBCLASS)
#define PyUnicode_CheckExact(op) Py_IS_TYPE((op), &PyUnicode_Type)

/* What decoders put in place of what they cannot decode. */
#define Py_UNICODE_REPLACEMENT_CHARACTER ((Py_UCS4)0xFFFD)

/* Creation. */
PyAPI_FUNC(PyObject *) PyUnicode_FromStringAndSize(const char *str, Py_ssize_t size);
PyAPI_FUNC(PyObject *) PyUnicode_FromString(const char *str);
PyAPI_FUNC(PyObject *) PyUnicode_FromOrdinal(int ordinal);
PyAPI_FUNC(PyObject *) PyUnicode_FromObject(PyObject *obj);
PyAPI_FUNC(PyObject *) PyUnicode_FromEncodedObject(
    PyObject *obj, const char *encoding, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_FromFormatV(const char *format, va_list vargs);
PyAPI_FUNC(PyObject *) PyUnicode_FromFormat(const char *format, ...);

/* Characters. AsUCS4 copies into a buffer of the caller; AsUCS4Copy's goes to PyMem_Free. WriteChar
 * is for objects nobody else has seen. */
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x03030000
PyAPI_FUNC(Py_ssize_t) PyUnicode_GetLength(PyObject *unicode);
PyAPI_FUNC(Py_UCS4) PyUnicode_ReadChar(PyObject *unicode, Py_ssize_t index);
PyAPI_FUNC(int) PyUnicode_WriteChar(PyObject *unicode, Py_ssize_t index, Py_UCS4 character);
PyAPI_FUNC(PyObject *) PyUnicode_Substring(PyObject *str, Py_ssize_t start, Py_ssize_t end);
PyAPI_FUNC(Py_UCS4 *) PyUnicode_AsUCS4(
    PyObject *unicode, Py_UCS4 *buffer, Py_ssize_t buflen, int copy_null);
PyAPI_FUNC(Py_UCS4 *) PyUnicode_AsUCS4Copy(PyObject *unicode);
#endif
PyAPI_FUNC(int) PyUnicode_Resize(PyObject **unicode, Py_ssize_t length);

/* Interning: replaces *string by the one interned object of equal value. */
PyAPI_FUNC(void) PyUnicode_InternInPlace(PyObject **string);
PyAPI_FUNC(PyObject *) PyUnicode_InternFromString(const char *str);

/* wchar_t. AsWideCharString's result goes to PyMem_Free. */
PyAPI_FUNC(PyObject *) PyUnicode_FromWideChar(const wchar_t *wstr, Py_ssize_t size);
PyAPI_FUNC(Py_ssize_t) PyUnicode_AsWideChar(PyObject *unicode, wchar_t *wstr, Py_ssize_t size);
PyAPI_FUNC(wchar_t *) PyUnicode_AsWideCharString(PyObject *unicode, Py_ssize_t *size);

/* Codecs by name. */
PyAPI_FUNC(const char *) PyUnicode_GetDefaultEncoding(void);
PyAPI_FUNC(PyObject *) PyUnicode_Decode(
    const char *str, Py_ssize_t size, const char *encoding, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_AsEncodedString(
    PyObject *unicode, const char *encoding, const char *errors);
Py_DEPRECATED(3.6)
PyAPI_FUNC(PyObject *) PyUnicode_AsDecodedObject(
    PyObject *unicode, const char *encoding, const char *errors);
Py_DEPRECATED(3.6)
PyAPI_FUNC(PyObject *) PyUnicode_AsDecodedUnicode(
    PyObject *unicode, const char *encoding, const char *errors);
Py_DEPRECATED(3.6)
PyAPI_FUNC(PyObject *) PyUnicode_AsEncodedObject(
    PyObject *unicode, const char *encoding, const char *errors);
Py_DEPRECATED(3.6)
PyAPI_FUNC(PyObject *) PyUnicode_AsEncodedUnicode(
    PyObject *unicode, const char *encoding, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_BuildEncodingMap(PyObject *string);

/* UTF-7 and UTF-8. Stateful decoders stop before an incomplete end and store how much they used.
 * AsUTF8AndSize's buffer is cached in the object and lives as long as it. */
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUTF7(const char *str, Py_ssize_t size, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUTF7Stateful(
    const char *str, Py_ssize_t size, const char *errors, Py_ssize_t *consumed);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUTF8(const char *str, Py_ssize_t size, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUTF8Stateful(
    const char *str, Py_ssize_t size, const char *errors, Py_ssize_t *consumed);
PyAPI_FUNC(PyObject *) PyUnicode_AsUTF8String(PyObject *unicode);
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x030a0000
PyAPI_FUNC(const char *) PyUnicode_AsUTF8AndSize(PyObject *unicode, Py_ssize_t *size);
#endif

/* UTF-16 and UTF-32. *byteorder is -1, 0 (look for a mark) or 1, and is set to what was found. */
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUTF32(
    const char *str, Py_ssize_t size, const char *errors, int *byteorder);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUTF32Stateful(
    const char *str, Py_ssize_t size, const char *errors, int *byteorder, Py_ssize_t *consumed);
PyAPI_FUNC(PyObject *) PyUnicode_AsUTF32String(PyObject *unicode);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUTF16(
    const char *str, Py_ssize_t size, const char *errors, int *byteorder);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUTF16Stateful(
    const char *str, Py_ssize_t size, const char *errors, int *byteorder, Py_ssize_t *consumed);
PyAPI_FUNC(PyObject *) PyUnicode_AsUTF16String(PyObject *unicode);

/* Escapes, Latin-1, ASCII, character maps. */
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUnicodeEscape(
    const char *str, Py_ssize_t size, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_AsUnicodeEscapeString(PyObject *unicode);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeRawUnicodeEscape(
    const char *str, Py_ssize_t size, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_AsRawUnicodeEscapeString(PyObject *unicode);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeLatin1(const char *str, Py_ssize_t size, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_AsLatin1String(PyObject *unicode);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeASCII(const char *str, Py_ssize_t size, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_AsASCIIString(PyObject *unicode);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeCharmap(
    const char *str, Py_ssize_t size, PyObject *mapping, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_AsCharmapString(PyObject *unicode, PyObject *mapping);

/* The locale's encoding and that of file names. The converters are for PyArg_Parse's "O&". */
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x03030000
PyAPI_FUNC(PyObject *) PyUnicode_DecodeLocaleAndSize(
    const char *str, Py_ssize_t size, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeLocale(const char *str, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_EncodeLocale(PyObject *unicode, const char *errors);
#endif
PyAPI_FUNC(int) PyUnicode_FSConverter(PyObject *arg, void *result);
PyAPI_FUNC(int) PyUnicode_FSDecoder(PyObject *arg, void *result);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeFSDefault(const char *str);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeFSDefaultAndSize(const char *str, Py_ssize_t size);
PyAPI_FUNC(PyObject *) PyUnicode_EncodeFSDefault(PyObject *unicode);

/* String methods. Append steals *left and stores the result, NULL on failure; AndDel also steals
 * right. Find returns -1 when there is none and -2 on error. */
PyAPI_FUNC(PyObject *) PyUnicode_Concat(PyObject *left, PyObject *right);
PyAPI_FUNC(void) PyUnicode_Append(PyObject **left, PyObject *right);
PyAPI_FUNC(void) PyUnicode_AppendAndDel(PyObject **left, PyObject *right);
PyAPI_FUNC(PyObject *) PyUnicode_Split(PyObject *str, PyObject *sep, Py_ssize_t maxsplit);
PyAPI_FUNC(PyObject *) PyUnicode_RSplit(PyObject *str, PyObject *sep, Py_ssize_t maxsplit);
PyAPI_FUNC(PyObject *) PyUnicode_Splitlines(PyObject *str, int keepends);
PyAPI_FUNC(PyObject *) PyUnicode_Partition(PyObject *str, PyObject *sep);
PyAPI_FUNC(PyObject *) PyUnicode_RPartition(PyObject *str, PyObject *sep);
PyAPI_FUNC(PyObject *) PyUnicode_Translate(PyObject *str, PyObject *table, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_Join(PyObject *separator, PyObject *seq);
PyAPI_FUNC(Py_ssize_t) PyUnicode_Tailmatch(
    PyObject *str, PyObject *substr, Py_ssize_t start, Py_ssize_t end, int direction);
PyAPI_FUNC(Py_ssize_t) PyUnicode_Find(
    PyObject *str, PyObject *substr, Py_ssize_t start, Py_ssize_t end, int direction);
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x03030000
PyAPI_FUNC(Py_ssize_t) PyUnicode_FindChar(
    PyObject *str, Py_UCS4 ch, Py_ssize_t start, Py_ssize_t end, int direction);
#endif
PyAPI_FUNC(Py_ssize_t) PyUnicode_Count(
    PyObject *str, PyObject *substr, Py_ssize_t start, Py_ssize_t end);
PyAPI_FUNC(PyObject *) PyUnicode_Replace(
    PyObject *str, PyObject *substr, PyObject *replstr, Py_ssize_t maxcount);
PyAPI_FUNC(PyObject *) PyUnicode_Format(PyObject *format, PyObject *args);
PyAPI_FUNC(int) PyUnicode_Contains(PyObject *str, PyObject *substr);
PyAPI_FUNC(int) PyUnicode_IsIdentifier(PyObject *str);

/* Comparison. Compare returns -1 also on error; the EqualTo functions never fail. */
PyAPI_FUNC(int) PyUnicode_Compare(PyObject *left, PyObject *right);
PyAPI_FUNC(int) PyUnicode_CompareWithASCIIString(PyObject *left, const char *right);
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x030d0000
PyAPI_FUNC(int) PyUnicode_EqualToUTF8(PyObject *unicode, const char *str);
PyAPI_FUNC(int) PyUnicode_EqualToUTF8AndSize(PyObject *unicode, const char *str, Py_ssize_t size);
#endif
#if !defined(Py_LIMITED_API) || Py_LIMITED_API+0 >= 0x030e0000
PyAPI_FUNC(int) PyUnicode_Equal(PyObject *a, PyObject *b);
#endif
PyAPI_FUNC(PyObject *) PyUnicode_RichCompare(PyObject *left, PyObject *right, int op);

#ifndef Py_LIMITED_API
#include "cpython/unicodeobject.h"
#endif

#ifdef __cplusplus
}
#endif
#endif  /* !Py_UNICODEOBJECT_H */
