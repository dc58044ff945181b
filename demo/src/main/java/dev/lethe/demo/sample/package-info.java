/** A landscape as others have it: services that hold rows about people, a mail system, a web frontend, a mail server. */
@NullMarked
package dev.lethe.demo.sample;

import org.jspecify.annotations.NullMarked;
