// An #endif too many.
int x;
#endif
