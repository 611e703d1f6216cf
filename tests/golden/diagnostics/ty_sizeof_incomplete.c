// The size of what is only declared.
struct sk_buff;
int f(void) { return sizeof(struct sk_buff); }
