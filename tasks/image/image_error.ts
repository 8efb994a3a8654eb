/** Why an image cannot be made, and what to do about it. */
export class ImageError extends Error {
  override name = "ImageError";
}
