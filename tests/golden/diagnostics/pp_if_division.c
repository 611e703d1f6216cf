// #if divides by zero.
#if 10 / (3 - 3)
int x;
#endif
