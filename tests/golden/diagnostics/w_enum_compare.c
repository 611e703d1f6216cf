// Values of two enumerations meet.
// options: -Wall -Wextra
enum color { RED, GREEN };
enum size { SMALL, LARGE };
int f(enum color c, enum size s)
{
	enum color d = LARGE;
	enum size e = c;
	d = 1;
	if (c == s)
		return 1;
	if (c == SMALL)
		return 2;
	c = d ? RED : LARGE;
	switch (c) {
	case SMALL:
		return 4;
	case GREEN:
		return 2;
	}
	return d + e;
}
