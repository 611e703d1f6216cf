// A struct that is declared only.
struct sk_buff;
int f(struct sk_buff *skb) { return skb->len; }
