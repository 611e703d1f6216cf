// An atomic on two bytes.
int f(short *p) { return __sync_fetch_and_add(p, 1); }
