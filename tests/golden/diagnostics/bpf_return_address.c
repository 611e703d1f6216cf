// A return address.
void *f(void) { return __builtin_return_address(0); }
