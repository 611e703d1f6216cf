// A type too many.
int char f(void) { return 1; }
