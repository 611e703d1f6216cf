// ~ on a pointer.
long f(char *p) { return ~p; }
