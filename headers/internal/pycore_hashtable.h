/* internal/pycore_hashtable.h: a hash table of C pointers, without objects. */

#ifndef Py_INTERNAL_HASHTABLE_H
#define Py_INTERNAL_HASHTABLE_H
#ifdef __cplusplus
extern "C" {
#endif

typedef struct _Py_hashtable_t _Py_hashtable_t;
typedef Py_uhash_t (*_Py_hashtable_hash_func)(const void *key);
typedef int (*_Py_hashtable_compare_func)(const void *key1, const void *key2);
typedef void (*_Py_hashtable_destroy_func)(void *key);
typedef int (*_Py_hashtable_foreach_func)(_Py_hashtable_t *table, const void *key,
                                          const void *value, void *user_data);
typedef struct {
    void *(*malloc)(size_t size);
    void (*free)(void *ptr);
} _Py_hashtable_allocator_t;

PyAPI_FUNC(Py_uhash_t) _Py_hashtable_hash_ptr(const void *key);
PyAPI_FUNC(int) _Py_hashtable_compare_direct(const void *key1, const void *key2);
PyAPI_FUNC(_Py_hashtable_t *) _Py_hashtable_new(
    _Py_hashtable_hash_func hash_func, _Py_hashtable_compare_func compare_func);
PyAPI_FUNC(_Py_hashtable_t *) _Py_hashtable_new_full(
    _Py_hashtable_hash_func hash_func, _Py_hashtable_compare_func compare_func,
    _Py_hashtable_destroy_func key_destroy_func, _Py_hashtable_destroy_func value_destroy_func,
    _Py_hashtable_allocator_t *allocator);
PyAPI_FUNC(void) _Py_hashtable_destroy(_Py_hashtable_t *table);
PyAPI_FUNC(void) _Py_hashtable_clear(_Py_hashtable_t *table);
PyAPI_FUNC(int) _Py_hashtable_set(_Py_hashtable_t *table, const void *key, void *value);
PyAPI_FUNC(void *) _Py_hashtable_get(_Py_hashtable_t *table, const void *key);
PyAPI_FUNC(void *) _Py_hashtable_steal(_Py_hashtable_t *table, const void *key);
PyAPI_FUNC(int) _Py_hashtable_foreach(
    _Py_hashtable_t *table, _Py_hashtable_foreach_func func, void *user_data);

#ifdef __cplusplus
}
#endif
#endif  /* !Py_INTERNAL_HASHTABLE_H */
