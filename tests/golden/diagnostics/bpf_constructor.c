// A constructor.
__attribute__((constructor)) static void init(void) { }
