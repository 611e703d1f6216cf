// An #if without its #endif.
#if 1
int x;
