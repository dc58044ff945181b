/** Keeps workers out of each other's way. A hint: the database judges. */
@NullMarked
package dev.lethe.requests.mutex;

import org.jspecify.annotations.NullMarked;
