// An enumeration with semicolons.
enum color { RED; GREEN };
