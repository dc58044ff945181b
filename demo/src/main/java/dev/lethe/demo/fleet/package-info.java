/** Runs servers and services as processes on this machine. */
@NullMarked
package dev.lethe.demo.fleet;

import org.jspecify.annotations.NullMarked;
