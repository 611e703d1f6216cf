// Constants that fit, those that do not, and those that are written as bits.
// options: -Wall
#define K 0xff
enum e { A = 200 };
void g(signed char c);
signed char a1 = 0xff;
char a2 = 200;
short a3 = 0xffff;
short a4 = 65535;
int a5 = 4294967295;
int a6 = 0xffffffff;
signed char a7 = 128 + 100;
signed char a8 = '\xff';
signed char a9 = A;
signed char b1 = (200);
short b2 = 40000;
char b3 = 255, b4 = 256, b5 = -129, b6 = -128, b7=128;
signed char b8 = K;
int b9 = 4294967295LL;
int c1 = 0xffffffffLL;
int c2 = 3000000000;
unsigned char c3 = -1, c4 = -300, c5 = ~1, c6 = -256, c7 = -200;
unsigned short c8 = -40000, c9=-65536;
unsigned int d1 = -1LL, d2 = -5000000000;
unsigned char d3 = 1u << 8;
char d4 = -1u;
void f(void) { signed char c; c = 0xf0; c = 200; g(0xff); c += 300; c = 100 + 100; unsigned char u; u = u ? 300 : 1; u |= 0x100; u = ~0u; u = 0xfffffff0; struct { unsigned a:3; int b:4; } s; s.a = -9; s.b = 15; s.b = 0xf; s.b=16; s.b=-9; s.a |= 8; s.a = 0xff; s.b = 8; }
