// A macro that ends with a semicolon.
#define SIZE 10;
int f(void) { int x[SIZE]; return x[0]; }
