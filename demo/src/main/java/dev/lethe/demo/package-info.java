/** The launcher, and the demo that it shows. */
@NullMarked
package dev.lethe.demo;

import org.jspecify.annotations.NullMarked;
