/** What every benchmark says in the end: figures with their targets, as a table, as JSON and as charts. */
@NullMarked
package dev.lethe.benchmarks.report;

import org.jspecify.annotations.NullMarked;
