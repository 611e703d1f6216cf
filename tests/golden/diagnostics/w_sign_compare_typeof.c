// Variables of the type of a constant: clang does not look at their sign.
// options: -Wall -Wextra
int n1(int *v, unsigned old) { typeof((int)0) r = *v; return r == old; }
int n2(int *v, unsigned old) { typeof((int)5) r = *v; return r == old; }
int n3(int *v, unsigned old) { typeof(*v + 1) r = *v; return r == old; }
int n4(int *v, unsigned old) { typeof(1) r = *v; return r == old; }
int n5(int *v, unsigned old) { typeof(int) r = *v; return r == old; }
int n6(int *v, unsigned old) { typeof((int)0) r = *v; return r < old; }
int n7(int *v, unsigned old) { typeof((int)*v) r = *v; return r < old; }
int n8(int *v, unsigned old) { typeof(*v) r = *v; return r < old; }
int n9(int *v, unsigned old) { typeof((long)0) r = *v; return r < (unsigned long)old+1; }
