// #if with a token too many.
#if 1 2
int x;
#endif
