// A comma at the end of an argument list.
int g(int, int);
int f(int a) { return g(a, ); }
