// __VA_ARGS__ in a macro that has none.
#define LOG(x) f(__VA_ARGS__)
int x;
