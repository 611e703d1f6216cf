// #define without a name.
#define
int x;
