/** What every benchmark of ours is measured on: private servers, the built services as processes, and what all of them use. */
@NullMarked
package dev.lethe.benchmarks.servers;

import org.jspecify.annotations.NullMarked;
