// A fence below v4.
int f(void) { __sync_synchronize(); return 0; }
