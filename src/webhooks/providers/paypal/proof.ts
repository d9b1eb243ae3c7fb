/** The headers by which PayPal signs a message. */
export interface Proof {
  transmission_id: string;
  transmission_time: string;
  cert_url: string;
  auth_algo: string;
  transmission_sig: string;
}
