// # before something that is no parameter.
#define NAME(a) #b
char x[] = NAME(1);
