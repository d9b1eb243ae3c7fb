/** What PayPal says with a message to prove that it is its own. */
export interface Proof {
  transmission_id: string;
  transmission_time: string;
  cert_url: string;
  auth_algo: string;
  transmission_sig: string;
}
