// A function-like test of a macro that does not exist.
#if KERNEL_VERSION(5, 10, 0) > 3
int x;
#endif
