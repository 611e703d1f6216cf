// Constants that do not fit where they are put.
// options: -Wall -Wextra
struct s { unsigned a : 3; int b : 3; _Bool c : 1; };
unsigned char take(unsigned char c);
unsigned char f(struct s *s, int n)
{
	unsigned char a = 300;
	signed char b = 200;
	char c = 0xff;
	short d = 70000;
	unsigned e = -1;
	int g = 0x80000000;
	int h = 0x123456789;
	unsigned char i = -1;
	unsigned char k = ~0;
	unsigned short l = ~(unsigned short)0;
	a = 256;
	take(1000);
	s->a = 8;
	s->b = 4;
	s->b = 7;
	s->c = 2;
	s->a = -1;
	struct s t = { 9, 5, 1 };
	_Bool m = 2;
	return n ? 400 : a + b + c + d + e + g + h + i + k + l + t.a + m;
}
unsigned char g(int a, unsigned b) { return a ? b : (signed char)200; }
unsigned char h(int a, unsigned b) { return a ? b : 400; }
