// Bit-fields: the unit that holds them, read and written.
struct flags { unsigned a : 3, b : 7; int c : 6; };
int next(struct flags *f)
{
	f->b += f->a;
	return f->c;
}
