//// sync-fetch: run
long a = 10; int b = 20;
out[0] = __sync_fetch_and_add(&a, 5); out[1] = __sync_fetch_and_sub(&a, 3); out[2] = __sync_fetch_and_or(&a, 0x31); out[3] = __sync_fetch_and_and(&a, 0x1f); out[4] = __sync_fetch_and_xor(&a, 7);
out[5] = a; out[6] = __sync_add_and_fetch(&b, in[1]); out[7] = __sync_sub_and_fetch(&b, 4); out[8] = __sync_or_and_fetch(&b, 64); out[9] = __sync_and_and_fetch(&b, 0x7c); out[10] = __sync_xor_and_fetch(&b, -1);
out[11] = b; out[12] = __sync_lock_test_and_set(&b, 9); out[13] = b;
//// sync-swap: run
long a = 10; int b = 20; unsigned long c = 5;
out[0] = __sync_val_compare_and_swap(&a, 10, 11); out[1] = __sync_val_compare_and_swap(&a, 10, 12); out[2] = a; out[3] = __sync_bool_compare_and_swap(&b, 20, in[1]); out[4] = __sync_bool_compare_and_swap(&b, 20, 1);
out[5] = b; out[6] = __sync_lock_test_and_set(&c, in[0]); out[7] = c;
//// sync-pointers: ok
void *p, *q;
int f(void *x) { return __sync_bool_compare_and_swap(&p, x, q) + (__sync_lock_test_and_set(&q, x) == x); }
//// sync-nand: refused
long f(long *p) { return __sync_fetch_and_nand(p, 5); }
//// sync-no-result-v1: ok [-mcpu=v1]
void f(long *p, int *q) { __sync_fetch_and_add(p, 1); __sync_fetch_and_add(q, 2); (void)__sync_fetch_and_add(p, 4); }
//// sync-no-result-sub-v2: ok [-mcpu=v2]
void f(long *p, int *q) { __sync_fetch_and_sub(p, 1); }
//// sync-result-v2: ok [-mcpu=v2]
long f(long *p) { return __sync_fetch_and_add(p, 1); }
//// sync-or-v2: ok [-mcpu=v2]
void f(long *p) { __sync_fetch_and_or(p, 1); }
//// sync-cas-v2: ok [-mcpu=v2]
long f(long *p) { return __sync_val_compare_and_swap(p, 1, 2); }
//// sync-exchange-v2: ok [-mcpu=v2]
long f(long *p) { return __sync_lock_test_and_set(p, 1); }
//// narrow: refused
void f(short *p) { __sync_fetch_and_add(p, 1); }
//// narrow-char: refused
char f(char *p) { return __atomic_fetch_add(p, 1, 0); }
//// atomic-fetch: run
long a = 10; int b = 20;
out[0] = __atomic_fetch_add(&a, 5, __ATOMIC_SEQ_CST); out[1] = __atomic_add_fetch(&a, 5, __ATOMIC_RELAXED); out[2] = __atomic_fetch_or(&b, 3, __ATOMIC_ACQ_REL); out[3] = __atomic_and_fetch(&b, 0xff, __ATOMIC_ACQUIRE);
out[4] = __atomic_xor_fetch(&b, 5, __ATOMIC_RELEASE); out[5] = __atomic_sub_fetch(&a, 100, 0); out[6] = __atomic_fetch_sub(&a, 1, 5); out[7] = __atomic_exchange_n(&a, 99, 5); out[8] = a;
long c = 7, d; __atomic_exchange(&a, &c, &d, 5); out[9] = d; out[10] = a; out[11] = __atomic_fetch_xor(&a, 2, 5); out[12] = __atomic_fetch_and(&a, 4, 5); out[13] = __atomic_or_fetch(&a, 64, 5); out[14] = b;
//// atomic-cas: run
long a = 10, e = 9; int b = 3, f = 3;
out[0] = __atomic_compare_exchange_n(&a, &e, 5, 0, 5, 5); out[1] = e; out[2] = __atomic_compare_exchange_n(&a, &e, 5, 1, 5, 0); out[3] = a; out[4] = e;
int n = 8; out[5] = __atomic_compare_exchange(&b, &f, &n, 0, 5, 5); out[6] = b;
//// atomic-load-store-relaxed: run
long a = 4; int b = 6; short s = 3; char c = 1;
out[0] = __atomic_load_n(&a, __ATOMIC_RELAXED); __atomic_store_n(&b, in[1], __ATOMIC_RELAXED); out[1] = b; out[2] = __atomic_load_n(&s, __ATOMIC_RELAXED); __atomic_store_n(&c, 77, __ATOMIC_RELAXED); out[3] = c;
long v; __atomic_load(&a, &v, __ATOMIC_RELAXED); out[4] = v; v = 12; __atomic_store(&a, &v, __ATOMIC_RELAXED); out[5] = a;
//// atomic-load-pointer: laxer ; clang 19 selects no atomic loads
struct s { int x; } *g;
int f(void) { struct s *p = __atomic_load_n(&g, __ATOMIC_RELAXED); return p ? 1 : 0; }
//// c11: refused
_Atomic(int) a; _Atomic long b;
int f(void) { __c11_atomic_init(&a, 1); __c11_atomic_fetch_add(&b, 3, __ATOMIC_SEQ_CST); return __c11_atomic_load(&a, __ATOMIC_RELAXED); }
//// c11-operations: refused
_Atomic(int) a; _Atomic long b; long e = 3; 
__c11_atomic_store(&a, 5, __ATOMIC_RELAXED); __c11_atomic_store(&b, 4, __ATOMIC_RELAXED); out[0] = __c11_atomic_fetch_add(&a, 3, 5); out[1] = __c11_atomic_fetch_sub(&b, 1, 5); out[2] = __c11_atomic_exchange(&b, 7, 5);
out[3] = __c11_atomic_compare_exchange_strong(&b, &e, 9, 5, 5); out[4] = e; out[5] = __c11_atomic_compare_exchange_weak(&b, &e, 9, 5, 0); out[6] = __c11_atomic_load(&b, 0); out[7] = __c11_atomic_fetch_or(&a, 16, 5);
out[8] = __c11_atomic_fetch_and(&a, 24, 5); out[9] = __c11_atomic_fetch_xor(&a, 1, 5); out[10] = __c11_atomic_load(&a, 0);
//// atomic-qualifier-no-result: stricter ; _Atomic is refused: the __sync and __atomic builtins say what is atomic
_Atomic int a; _Atomic(long) *p;
struct s { _Atomic int r; _Atomic(long) t; };
void f(struct s *s) { a += 5; (*p) += 2; s->r |= 4; a++; --s->t; }
//// atomic-qualifier-result: refused
static _Atomic int a; static _Atomic long b;
PROG { __c11_atomic_store(&a, 5, 0); out[0] = a += 5; out[1] = a++; out[2] = ++a; out[3] = b--; out[4] = b |= 6; out[5] = a -= 3; out[6] = b &= 4; out[7] = b ^= 1; out[8] = sizeof(a) + _Alignof(b); return 0; }
//// atomic-struct: stricter ; _Atomic is refused: the __sync and __atomic builtins say what is atomic
struct s { long a[4]; };
_Atomic struct s g;
void f(struct s *p) { g = *p; }
//// fence: refused
void f(void) { __atomic_signal_fence(__ATOMIC_SEQ_CST); }
//// lock-free: ok
_Static_assert(__atomic_always_lock_free(8, 0) && __atomic_always_lock_free(4, 0), "");
int f(long *p) { return __atomic_is_lock_free(8, p) + __c11_atomic_is_lock_free(8); }
//// atomic-expression-types: run
int b = 3; unsigned char k = 200;
out[0] = __sync_fetch_and_add(&b, k); out[1] = __sync_fetch_and_add(&b, 0x100000001L); out[2] = b; out[3] = sizeof(__sync_fetch_and_add(&b, 1L));
//// atomic-pointer-add: run
long x[4]; long *p = x;
out[0] = __sync_fetch_and_add(&p, (long *)8) == x; out[1] = p - x;
//// min-max: refused
long f(long *p) { return __atomic_fetch_max(p, 5, 5); }
//// wrong-type: refused
struct s { int a; };
void f(struct s *p) { __sync_fetch_and_add(p, 1); }
//// const-object: refused
void f(const long *p) { __atomic_store_n(p, 1, 0); }
//// not-a-pointer: refused
void f(long p) { __sync_fetch_and_add(p, 1); }
//// sync-result-32-v2: refused [-mcpu=v2]
int f(int *p) { return __sync_fetch_and_or(p, 1); }
