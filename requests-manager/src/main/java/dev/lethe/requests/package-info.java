/** Takes in what people ask of their data, keeps its state, builds access reports and hands erasures over. */
@NullMarked
package dev.lethe.requests;

import org.jspecify.annotations.NullMarked;
